import { PHASES } from '../phase.ts';
import type { Profile } from './profile.ts';
import { groupRows, type RowGroups } from './row-groups.ts';

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
  /** Group `batch * PHASE_SLOTS + phase` of the rows; the last phase stands for none. */
  readonly rows: RowGroups;
  /** Operations in each batch; seconds where the recording is cut by time. */
  readonly sizes: Float64Array;
  /** All of them together. */
  readonly whole: number;
}

/** Batches of a handler's operations; undefined where the profile has none of it. */
export function operationBatches(
  { samples, operations, strings }: Profile,
  handler: string,
): Batches | undefined {
  const batchOf = new Int32Array(operations.length).fill(-1);
  let count = 0;
  for (let at = 0; at < operations.length; at++) {
    if (strings[operations.handler[at] ?? 0] === handler) batchOf[at] = count++;
  }
  if (count === 0) return undefined;
  const batches = numberOfBatches(count);
  const sizes = new Float64Array(batches);
  for (let at = 0; at < operations.length; at++) {
    const place = batchOf[at] ?? -1;
    if (place < 0) continue;
    const batch = Math.floor((place * batches) / count);
    batchOf[at] = batch;
    sizes[batch] = (sizes[batch] ?? 0) + 1;
  }
  const runs = groupRows(samples, (operation, phase) => {
    const batch = operation < 0 ? -1 : (batchOf[operation] ?? -1);
    return batch < 0 ? -1 : batch * PHASE_SLOTS + Math.min(phase, PHASES.length);
  });
  return { rows: { length: batches * PHASE_SLOTS, ...runs }, sizes, whole: count };
}

/** As many as there are operations up to the limit; beyond it each batch has two operations or more. */
function numberOfBatches(operations: number): number {
  const size = Math.ceil(operations / MOST_BATCHES);
  return Math.floor(operations / size);
}

const MICROS_PER_SECOND = 1e6;

/** The whole recording cut into stretches of equal time; in other units than time, where nothing is per second, one batch. */
export function recordingBatches({ samples, durationMicros, unit }: Profile): Batches {
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
  return {
    rows: { length: batches * PHASE_SLOTS, groupOfRun, startOfRun },
    sizes: new Float64Array(batches).fill(whole / batches),
    whole,
  };
}
