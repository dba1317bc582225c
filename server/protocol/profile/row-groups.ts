import { NO_PHASE, PHASES } from '../phase.ts';
import { grown } from './grown.ts';
import type { OperationTable, Profile, SampleTable } from './profile.ts';

/** Which rows of the samples belong together, as runs of rows that follow each other. */
export interface RowGroups {
  /** How many groups there are. */
  readonly length: number;
  /** Group of each run; -1 for rows that are left out. */
  readonly groupOfRun: Int32Array;
  /** First row of each run and, as the last entry, the number of rows. */
  readonly startOfRun: Int32Array;
}

export function allRows({ samples }: Profile): RowGroups {
  return { length: 1, groupOfRun: new Int32Array(1), startOfRun: Int32Array.of(0, samples.length) };
}

/** Rows by handler and phase, groups in the order in which they first occur; rows outside of operations are one group. */
export interface PhaseGroups extends RowGroups {
  /** Of each group an index into `strings`; -1 outside of operations. */
  readonly handler: readonly number[];
  /** Of each group an index into `PHASES`; `NO_PHASE` in none. */
  readonly phase: readonly number[];
}

const OUTSIDE = -1;
const PHASE_SLOTS = PHASES.length + 1;

export function groupByHandlerAndPhase({ samples, operations }: Profile): PhaseGroups {
  const handlers: number[] = [];
  const phases: number[] = [];
  const { names, numberOf } = numberedHandlers(operations);
  // Flat instead of a Map: stretches of phases are short, and a million of them look here.
  const groups = new Int32Array((names.length + 1) * PHASE_SLOTS).fill(-1);
  const runs = groupRows(samples, (operation, rowPhase) => {
    const phase = operation < 0 ? NO_PHASE : rowPhase;
    const handler = operation < 0 ? names.length : (numberOf[operation] ?? 0);
    const key = handler * PHASE_SLOTS + Math.min(phase, PHASES.length);
    const known = groups[key] ?? -1;
    if (known >= 0) return known;
    handlers.push(names[handler] ?? OUTSIDE);
    groups[key] = phases.length;
    return phases.push(phase) - 1;
  });
  return { length: phases.length, ...runs, handler: handlers, phase: phases };
}

/** Handlers numbered in the order in which they first occur, and the number of each operation's. */
function numberedHandlers({ handler }: OperationTable) {
  const numbers = new Map<number, number>();
  const numberOf = Int32Array.from(handler, (name) => {
    const number = numbers.get(name) ?? numbers.size;
    numbers.set(name, number);
    return number;
  });
  return { names: [...numbers.keys()], numberOf };
}

/** Groups rows by what `groupOf` makes of operation (-1 outside of any) and phase; it is asked once for each run. */
export function groupRows(
  samples: SampleTable,
  groupOf: (operation: number, phase: number) => number,
): Omit<RowGroups, 'length'> {
  let groupOfRun = new Int32Array(1024);
  let startOfRun = new Int32Array(1025);
  let runs = 0;
  const { operation: operations, phase: phases, length } = samples;
  // Whole numbers that no row and no group has: with NaN this loop takes three times as long.
  let operation = -2;
  let phase = -1;
  let last = -2;
  for (let row = 0; row < length; row++) {
    const rowOperation = operations[row] ?? OUTSIDE;
    const rowPhase = phases[row] ?? NO_PHASE;
    if (rowOperation === operation && rowPhase === phase) continue;
    operation = rowOperation;
    phase = rowPhase;
    const group = groupOf(operation, phase);
    if (group === last) continue;
    last = group;
    if (runs === groupOfRun.length) {
      groupOfRun = grown(groupOfRun, new Int32Array(runs * 2));
      startOfRun = grown(startOfRun, new Int32Array(runs * 2 + 1));
    }
    groupOfRun[runs] = group;
    startOfRun[runs++] = row;
  }
  startOfRun[runs] = length;
  return { groupOfRun: groupOfRun.slice(0, runs), startOfRun: startOfRun.slice(0, runs + 1) };
}

export interface OrderedRuns {
  /** Runs of one group after the other, within a group in the order of time; without those that were left out. */
  readonly runs: Int32Array;
  /** Group g has runs[first[g]] to runs[first[g + 1] - 1]. */
  readonly first: Int32Array;
}

/** A counting sort. */
export function runsByGroup({ length, groupOfRun }: RowGroups): OrderedRuns {
  const first = new Int32Array(length + 1);
  for (const group of groupOfRun) if (group >= 0) first[group + 1] = (first[group + 1] ?? 0) + 1;
  for (let group = 1; group <= length; group++) first[group] = (first[group] ?? 0) + (first[group - 1] ?? 0);
  const free = first.slice();
  const runs = new Int32Array(first[length] ?? 0);
  for (let run = 0; run < groupOfRun.length; run++) {
    const group = groupOfRun[run] ?? -1;
    if (group < 0) continue;
    const place = free[group] ?? 0;
    runs[place] = run;
    free[group] = place + 1;
  }
  return { runs, first };
}
