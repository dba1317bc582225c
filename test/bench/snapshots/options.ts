import { parseArgs } from 'node:util';

export const SECTIONS = ['hits', 'forms', 'simulation'] as const;

export type Section = (typeof SECTIONS)[number];

export interface SnapshotBenchOptions {
  readonly events: number;
  /** Measurements of each kind of hit. */
  readonly rounds: number;
  /** Measurements of the full rebuild. */
  readonly rebuilds: number;
  /** How long the simulation runs. */
  readonly minutes: number;
  /** A folder in which the seeded database stays for the next run. */
  readonly keep: string | undefined;
  readonly only: readonly Section[];
}

export const usage = `npm run bench -- snapshots [--events 1200000] [--rounds 60] [--rebuilds 5] [--minutes 3]
    [--keep <folder>] [--only ${SECTIONS.join(',')}]`;

/** @throws TypeError that says which option is wrong */
export function snapshotBenchOptions(args: readonly string[]): SnapshotBenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      events: { type: 'string', default: '1200000' },
      rounds: { type: 'string', default: '60' },
      rebuilds: { type: 'string', default: '5' },
      minutes: { type: 'string', default: '3' },
      keep: { type: 'string' },
      only: { type: 'string', default: SECTIONS.join(',') },
    },
  });
  return {
    events: numberFrom('--events', values.events, 10_000),
    rounds: numberFrom('--rounds', values.rounds, 3),
    rebuilds: numberFrom('--rebuilds', values.rebuilds, 1),
    minutes: numberFrom('--minutes', values.minutes, 0.1),
    keep: values.keep,
    only: values.only.split(',').map(section),
  };
}

function numberFrom(option: string, text: string, least: number): number {
  const value = Number(text.replaceAll('_', ''));
  if (Number.isFinite(value) && value >= least) return value;
  throw new TypeError(`${option} wants a number from ${least} up, not ${text}.`);
}

function section(name: string): Section {
  const found = SECTIONS.find((known) => known === name);
  if (found) return found;
  throw new TypeError(`--only wants some of ${SECTIONS.join(', ')}, not ${name}.`);
}
