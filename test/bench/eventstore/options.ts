import { parseArgs } from 'node:util';

export const SECTIONS = [
  'single',
  'clients',
  'replay',
  'cpu',
  'instrumentation',
  'sizes',
  'stability',
] as const;

export type Section = (typeof SECTIONS)[number];

export interface BenchOptions {
  readonly events: number;
  /** Operations of each way in a measurement of single operations. */
  readonly rounds: number;
  /** Random appends before the section on stability measures again. */
  readonly appends: number;
  /** A folder in which seeded databases stay for the next run. */
  readonly keep: string | undefined;
  readonly only: readonly Section[];
  /** Print plans and measure nothing. */
  readonly plans: boolean;
}

export const usage = `npm run bench -- eventstore [--events 1000000] [--rounds 4000] [--appends 20000] [--keep <folder>] [--plans]
    [--only ${SECTIONS.join(',')}]`;

/** @throws TypeError that says which option is wrong */
export function benchOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      events: { type: 'string', default: '1000000' },
      rounds: { type: 'string', default: '4000' },
      appends: { type: 'string', default: '20000' },
      keep: { type: 'string' },
      only: { type: 'string', default: SECTIONS.join(',') },
      plans: { type: 'boolean', default: false },
    },
  });
  const { keep, plans } = values;
  const events = wholeNumber(values.events, { option: '--events', least: 10_000 });
  const rounds = wholeNumber(values.rounds, { option: '--rounds', least: 100 });
  const appends = wholeNumber(values.appends, { option: '--appends', least: 100 });
  return { events, rounds, appends, keep, plans, only: values.only.split(',').map(section) };
}

function wholeNumber(text: string, { option, least }: { option: string; least: number }): number {
  const value = Number(text.replaceAll('_', ''));
  if (Number.isInteger(value) && value >= least) return value;
  throw new TypeError(`${option} wants a whole number from ${least} up, not ${text}.`);
}

function section(name: string): Section {
  const found = SECTIONS.find((known) => known === name);
  if (found) return found;
  throw new TypeError(`--only wants some of ${SECTIONS.join(', ')}, not ${name}.`);
}
