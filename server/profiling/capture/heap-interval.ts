import { MAX_HEAP_INTERVAL } from './allocation-marks.ts';

/** What one operation of a workload was seen to do. */
export interface AllocationPace {
  readonly bytesPerOperation: number;
  /** Beginnings and ends of phases and operations. */
  readonly bordersPerOperation: number;
  /** How many operations are going to be recorded, as far as can be told. */
  readonly operations: number;
}

/** Below it a sample stands for less than an object of some fields, and sampling takes most of the time. */
const LEAST_INTERVAL = 256;

/** V8 keeps 150 bytes and more for each until the end, and hands them over as one text. */
export const MAX_HEAP_SAMPLES = 1_000_000;

/** A mark is so many intervals long; see `AllocationMarks`. */
const INTERVALS_PER_MARK = 8;

/** Of what the operations allocate themselves. */
const SHARE_OF_MARKS = 0.25;

/**
 * The interval at which the marks stay below a quarter of what the operations allocate and the samples below half of
 * what a recording holds: so many bytes that phases are told apart as finely as the workload allows.
 */
export function heapIntervalFor({
  bytesPerOperation,
  bordersPerOperation,
  operations,
}: AllocationPace): number {
  const byMarks =
    (SHARE_OF_MARKS * bytesPerOperation) / (INTERVALS_PER_MARK * Math.max(1, bordersPerOperation));
  const room = Math.max(1, MAX_HEAP_SAMPLES / 2 - operations * bordersPerOperation);
  const bySamples = (operations * bytesPerOperation) / room;
  const interval = Math.max(LEAST_INTERVAL, byMarks, bySamples);
  return Math.round(Math.min(MAX_HEAP_INTERVAL, interval));
}
