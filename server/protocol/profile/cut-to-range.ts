import type { OperationTable, Profile, SampleTable } from './profile.ts';

/** A part of a profile's time axis, in its unit since its start. */
export interface TimeRange {
  readonly from: number;
  /** Not in the range any more, except for the end of the profile. */
  readonly to: number;
}

/**
 * The profile of a stretch of time, beginning at 0. Rows and operations are cut at the edges, so the durations of ranges
 * that follow each other add up to those of the whole. A row that is cut keeps its stack on both sides of the edge,
 * and with it its sample: it counts in both. Operations that lie outside of the range are left out.
 */
export function cutToRange(profile: Profile, range: TimeRange): Profile {
  const { samples, operations, unit } = profile;
  const end = Math.max(profile.durationMicros, endOf(samples));
  const from = Math.min(Math.max(0, range.from), end);
  const to = Math.max(from, Math.min(range.to, end));
  const within = { from, to, isLast: to === end };
  const rows = touching(samples, within);
  const kept = widened(overlapping(operations, within), samples.operation, rows);
  return {
    ...profile,
    startedAt: unit === 'microseconds' ? later(profile.startedAt, from) : profile.startedAt,
    durationMicros: to - from,
    samples: cutSamples(samples, { ...within, ...rows, firstOperation: kept.first }),
    operations: cutOperations(operations, { ...within, ...kept }),
  };
}

interface Edges {
  readonly from: number;
  readonly to: number;
  /** The range goes to the end of the profile: what lies there without a duration belongs to it. */
  readonly isLast: boolean;
}

/** Rows or operations `first` to `end` - 1. */
interface Stretch {
  readonly first: number;
  readonly end: number;
}

function endOf({ time, duration, length }: SampleTable): number {
  return length > 0 ? (time[length - 1] ?? 0) + (duration[length - 1] ?? 0) : 0;
}

/** The rows that have a part in the range; they stand in order of time and do not overlap. */
function touching({ time, duration, length }: SampleTable, { from, to, isLast }: Edges): Stretch {
  const first = firstFrom(time, from);
  const reachesIn = to > from && first > 0 && (time[first - 1] ?? 0) + (duration[first - 1] ?? 0) > from;
  const end = isLast ? length : firstFrom(time, to);
  return { first: reachesIn ? first - 1 : first, end: Math.max(first, end) };
}

/** From the first to the last operation that has a part in the range; operations may run at the same time. */
function overlapping({ start, duration, length }: OperationTable, { from, to, isLast }: Edges): Stretch {
  let [first, end] = [length, 0];
  for (let at = 0; at < length; at++) {
    const begin = start[at] ?? 0;
    const reachesIn = begin >= from || begin + (duration[at] ?? 0) > from;
    if (!reachesIn || (begin >= to && !isLast) || (to === from && !isLast)) continue;
    first = Math.min(first, at);
    end = at + 1;
  }
  return { first: Math.min(first, end), end };
}

/** The first row that does not start before a time. */
function firstFrom(start: Float64Array, time: number): number {
  let [low, high] = [0, start.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((start[middle] ?? 0) < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Operations that rows point to stay, also where rounding has moved a row over the edge of its operation. */
function widened(operations: Stretch, operationOf: Int32Array, rows: Stretch): Stretch {
  const isNone = operations.first === operations.end;
  let [first, end] = isNone ? [Number.POSITIVE_INFINITY, 0] : [operations.first, operations.end];
  for (let row = rows.first; row < rows.end; row++) {
    const operation = operationOf[row] ?? -1;
    if (operation < 0) continue;
    if (operation < first) first = operation;
    if (operation >= end) end = operation + 1;
  }
  return { first: Math.min(first, end), end };
}

function cutSamples(
  samples: SampleTable,
  range: Edges & Stretch & { readonly firstOperation: number },
): SampleTable {
  const { first, end, firstOperation } = range;
  const operation = samples.operation.subarray(first, end);
  return {
    length: end - first,
    ...cutStretches(samples, range),
    node: samples.node.subarray(first, end),
    operation: firstOperation === 0 ? operation : operation.map((at) => (at < 0 ? at : at - firstOperation)),
    phase: samples.phase.subarray(first, end),
    captured: samples.captured.subarray(first, end),
  };
}

function cutOperations(
  operations: OperationTable,
  { from, to, first, end }: Edges & Stretch,
): OperationTable {
  const inside = (time: number) => Math.min(Math.max(time, from), to) - from;
  const start = operations.start.slice(first, end);
  const duration = operations.duration.slice(first, end);
  for (let at = 0; at < start.length; at++) {
    const begin = start[at] ?? 0;
    start[at] = inside(begin);
    duration[at] = inside(begin + (duration[at] ?? 0)) - inside(begin);
  }
  return { length: end - first, handler: operations.handler.subarray(first, end), start, duration };
}

/** Only the first and the last row can reach over an edge. */
function cutStretches(samples: SampleTable, { from, to, first, end }: Edges & Stretch) {
  const time = new Float64Array(end - first);
  for (let at = first; at < end; at++) time[at - first] = (samples.time[at] ?? 0) - from;
  const duration = samples.duration.slice(first, end);
  const last = duration.length - 1;
  const before = Math.min(0, time[0] ?? 0);
  if (last >= 0) {
    duration[0] = Math.max(0, (duration[0] ?? 0) + before);
    time[0] = (time[0] ?? 0) - before;
    duration[last] = Math.max(0, Math.min(duration[last] ?? 0, to - from - (time[last] ?? 0)));
  }
  return { time, duration };
}

function later(startedAt: string, micros: number): string {
  const start = Date.parse(startedAt);
  return Number.isNaN(start) ? startedAt : new Date(start + micros / 1000).toISOString();
}
