import { table } from '../../../../server/protocol/table.ts';
import { type Estimate, medianWithInterval } from './bootstrap.ts';
import type { Generation, Round } from './generation.ts';
import type { Spent } from './slice.ts';

/** Of throughput, at 1 kHz. */
const AIMS = { cpu: 0.03, phases: 0.05 };

const COMPARED = ['control', 'cpu', 'phases'] as const;
type Compared = (typeof COMPARED)[number];

/** Shares of what an operation takes without being measured. */
interface Added {
  /** Of the operations in a second, lost. */
  readonly throughput: Estimate;
  /** CPU time of the thread that executes the operations, and of the whole process. */
  readonly thread: Estimate;
  readonly process: Estimate;
  /** Microseconds of the thread for each operation. */
  readonly threadMicros: Estimate;
}

export interface OverheadReport {
  readonly rounds: number;
  readonly operations: number;
  readonly faults: number;
  /** Of the bare way; medians for one operation. */
  readonly bare: Spent & { readonly perSecond: number };
  readonly added: Readonly<Record<Compared, Added>>;
  /** Microseconds of the thread that phases add to a CPU profile, for each operation. */
  readonly phasesMicros: Estimate;
  /** What profile runs would have told, as microseconds for each operation. */
  readonly estimated: { readonly cpu: Estimate; readonly phases: Estimate };
  readonly slices: readonly Generation[];
}

export function overheadReport(generations: readonly Generation[], operations: number): OverheadReport {
  const over = (value: (round: Round) => number) =>
    medianWithInterval(generations.map(({ rounds }) => rounds.map(value)));
  const bare = (spent: keyof Spent) => over((round) => referenceOf(round, spent)).value;
  const added = (way: Compared): Added => ({
    throughput: over((round) => 1 - 1 / ratio(round, way, 'wallMicros')),
    thread: over((round) => ratio(round, way, 'threadMicros') - 1),
    process: over((round) => ratio(round, way, 'processMicros') - 1),
    threadMicros: over((round) => round[way].threadMicros - against(round, way, 'threadMicros')),
  });
  const ofPhases = over(({ phases, cpu }) => phases.threadMicros - cpu.threadMicros);
  const estimated = (part: 'cpu' | 'phases') =>
    medianWithInterval(
      generations.map(({ rounds }) => rounds.flatMap(({ phases }) => phases.estimated?.[part] ?? [])),
    );
  return {
    rounds: generations.reduce((sum, { rounds }) => sum + rounds.length, 0),
    operations,
    faults: generations.reduce((sum, { faults }) => sum + faults, 0),
    bare: {
      wallMicros: bare('wallMicros'),
      processMicros: bare('processMicros'),
      threadMicros: bare('threadMicros'),
      perSecond: 1e6 / bare('wallMicros'),
    },
    added: { control: added('control'), cpu: added('cpu'), phases: added('phases') },
    phasesMicros: ofPhases,
    estimated: { cpu: estimated('cpu'), phases: estimated('phases') },
    slices: generations,
  };
}

function ratio(round: Round, way: Compared, spent: keyof Spent): number {
  return round[way][spent] / against(round, way, spent);
}

/** The control is compared with the bare way, the others with both: half of the noise. */
function against(round: Round, way: Compared, spent: keyof Spent): number {
  return way === 'control' ? round.bare[spent] : referenceOf(round, spent);
}

function referenceOf({ bare, control }: Round, spent: keyof Spent): number {
  return Math.sqrt(bare[spent] * control[spent]);
}

const NAMES: Readonly<Record<Compared, string>> = {
  control: 'nothing (bare against bare)',
  cpu: 'CPU profile',
  phases: 'CPU profile with phases',
};

export function printOverhead(report: OverheadReport): void {
  const { rounds, operations, bare, added, phasesMicros, estimated, faults, slices } = report;
  const rows = COMPARED.map((way) => [
    NAMES[way],
    shareText(added[way].throughput),
    shareText(added[way].thread),
    shareText(added[way].process),
    way === 'control' ? '' : `${AIMS[way] * 100} %: ${verdict(added[way].throughput, AIMS[way], rounds)}`,
  ]);
  const columns = ['recorded at 1 kHz', 'throughput lost', 'CPU of the thread', 'CPU of the process', 'aim'];
  console.log(
    [
      `Overhead on the simulation: ${rounds} rounds in ${slices.length} processes of each way, ${operations} operations each, by turns`,
      `bare: ${bare.perSecond.toFixed(0)} operations/s, ${bare.threadMicros.toFixed(0)} µs of CPU each; median and 95 % interval of what is added:`,
      table(columns, rows, [0, 4]),
      `samples: ${microsText(added.cpu.threadMicros)} µs an operation, a profile run says ${microsText(estimated.cpu)}`,
      `phases: ${microsText(phasesMicros)} µs an operation, a profile run says ${microsText(estimated.phases)}`,
      ...(faults > 0 ? [`${faults} operations failed`] : []),
    ].join('\n'),
  );
}

const FEWEST_ROUNDS = 20;

function verdict({ interval: [low, high] }: Estimate, aim: number, rounds: number): string {
  if (rounds < FEWEST_ROUNDS) return 'not decided';
  if (high <= aim) return 'held';
  return low > aim ? 'missed' : 'not decided';
}

function shareText({ value, interval }: Estimate): string {
  const percent = (share: number) => (share * 100).toFixed(1);
  return `${percent(value)} % (${interval.map(percent).join(' to ')})`;
}

function microsText({ value, interval }: Estimate): string {
  return `${value.toFixed(1)} (${interval.map((micros) => micros.toFixed(1)).join(' to ')})`;
}
