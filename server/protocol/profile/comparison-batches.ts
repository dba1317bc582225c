import { PHASES } from '../phase.ts';
import type { Profile } from './profile.ts';
import { groupRows, type OrderedRuns, type RowGroups, runsByGroup } from './row-groups.ts';

/** Phases, and behind them the time in none. */
export const PHASE_SLOTS = PHASES.length + 1;

/**
 * Ten to thirty batches serve best: more of them add little to the precision of the spread, and means of larger batches are
 * nearer to a normal distribution and depend less on each other (Schmeiser, "Batch size effects in the analysis of
 * simulation output", Operations Research 30, 1982).
 */
const MOST_BATCHES = 30;

/** The measurement of one handler in one profile, cut into batches of operations that follow each other. */
export interface Batches {
  /** Group `first + batch * PHASE_SLOTS + phase` of the rows; the last phase stands for none. */
  readonly first: number;
  /** Operations in each batch; seconds where the recording is cut by time. */
  readonly sizes: Float64Array;
  /** All of them together. */
  readonly whole: number;
}

/** All that is compared of one profile, found in one pass over its rows. */
export interface BatchedRows extends OrderedRuns {
  readonly startOfRun: Int32Array;
  /** For each handler its batches; undefined where the profile has none of it. */
  readonly batches: readonly (Batches | undefined)[];
}

/** Batches of the operations of each of the handlers. */
export function operationBatches(profile: Profile, handlers: readonly string[]): BatchedRows {
  const { samples, operations, strings } = profile;
  const numbers = new Map(handlers.map((name, handler) => [name, handler]));
  const handlerOf = Int32Array.from(operations.handler, (name) => numbers.get(strings[name] ?? '') ?? -1);
  const counts = new Array<number>(handlers.length).fill(0);
  for (const handler of handlerOf) if (handler >= 0) counts[handler] = (counts[handler] ?? 0) + 1;
  let groups = 0;
  const batches = counts.map((count) => {
    if (count === 0) return undefined;
    const first = groups;
    const sizes = new Float64Array(numberOfBatches(count));
    groups += sizes.length * PHASE_SLOTS;
    return { first, sizes, whole: count };
  });
  const groupOfOperation = placesInBatches(handlerOf, batches);
  const runs = groupRows(samples, (operation, phase) => {
    const group = operation < 0 ? -1 : (groupOfOperation[operation] ?? -1);
    return group < 0 ? -1 : group + Math.min(phase, PHASES.length);
  });
  return batchedRows({ length: groups, ...runs }, batches);
}

function batchedRows(rows: RowGroups, batches: readonly (Batches | undefined)[]): BatchedRows {
  return { ...runsByGroup(rows), startOfRun: rows.startOfRun, batches };
}

/** For each operation the first group of its batch, -1 where it is not compared; counts it in the batch's size. */
function placesInBatches(handlerOf: Int32Array, batches: readonly (Batches | undefined)[]): Int32Array {
  const seen = new Float64Array(batches.length);
  return handlerOf.map((handler) => {
    const own = batches[handler];
    if (own === undefined) return -1;
    const place = seen[handler] ?? 0;
    seen[handler] = place + 1;
    const batch = Math.floor((place * own.sizes.length) / own.whole);
    own.sizes[batch] = (own.sizes[batch] ?? 0) + 1;
    return own.first + batch * PHASE_SLOTS;
  });
}

/** As many as there are operations up to the limit; beyond it each batch has two operations or more. */
function numberOfBatches(operations: number): number {
  const size = Math.ceil(operations / MOST_BATCHES);
  return Math.floor(operations / size);
}

const MICROS_PER_SECOND = 1e6;

/** The whole recording cut into stretches of equal time; in other units than time, where nothing is per second, one batch. */
export function recordingBatches({ samples, durationMicros, unit }: Profile): BatchedRows {
  const isTime = unit === 'microseconds' && durationMicros > 0;
  const batches = isTime ? MOST_BATCHES : 1;
  const startOfRun = new Int32Array(batches + 1).fill(samples.length);
  let row = 0;
  for (let batch = 0; batch < batches; batch++) {
    while (row < samples.length && (samples.time[row] ?? 0) < (batch * durationMicros) / batches) row++;
    startOfRun[batch] = batch === 0 ? 0 : row;
  }
  const groupOfRun = Int32Array.from({ length: batches }, (_, batch) => batch * PHASE_SLOTS + PHASES.length);
  const whole = isTime ? durationMicros / MICROS_PER_SECOND : 1;
  const sizes = new Float64Array(batches).fill(whole / batches);
  return batchedRows({ length: batches * PHASE_SLOTS, groupOfRun, startOfRun }, [{ first: 0, sizes, whole }]);
}
