import type { OperationTrace } from '../../protocol/operation-trace.ts';
import type { SampleTable } from '../../protocol/profile/profile.ts';
import type { CapturedSamples } from '../captured-stacks.ts';
import { type CaptureSpan, cutIntoSegments, type TimeSegments } from './time-segments.ts';

/** Where in an operation a row lies, and when, in microseconds on the capture's clock. */
export interface RowPlace {
  readonly operation: number;
  readonly phase: number;
  readonly startMicros: number;
  readonly endMicros: number;
}

/** The node to book a row on, given what was captured and where it was; see `waitNodes`. */
export type NodeOfRow = (node: number, place: RowPlace) => number;

/** How far samples tell what was going on; see `idleReach`. */
export interface SampleReach {
  /** Until when a sample tells what was going on, on the capture's clock; Infinity: until the next one. */
  readonly until: (sample: number, place: RowPlace) => number;
  /** Samples at most that do not reach to the next one. */
  readonly count: number;
}

export interface PhaseCut {
  readonly samples: SampleTable;
  /** What times count from, on the capture's clock. */
  readonly originMicros: number;
  readonly durationMicros: number;
}

/**
 * Joins samples with operation traces by time. The rule, which makes nothing up: the samples taken inside a stretch
 * of a phase share exactly its time; the first covers it from its start, each until the next one, the last until its
 * end. A stretch in which no sample was taken is one row on node 0 that says so. The same holds for the time of an operation in
 * no phase and for the time outside of operations, so all durations add up to the recorded ones, phase by phase. What lies
 * beyond the `reach` of a sample is such a row, too.
 *
 * Time begins at the first sample: what V8 needs to get ready before it is nobody's.
 * Traces come in order of time on the capture's clock. Throws `TraceMismatchError`; see `cutIntoSegments`.
 */
export function cutByPhase(
  captured: CapturedSamples,
  traces: readonly OperationTrace[],
  options: { readonly span: CaptureSpan; readonly nodeOfRow: NodeOfRow; readonly reach?: SampleReach },
): PhaseCut {
  const startMicros = captured.time[0] ?? options.span.startMicros;
  const segments = cutIntoSegments(traces, { startMicros, endMicros: options.span.endMicros });
  const { nodeOfRow, reach } = options;
  const rows = new Rows(captured.length + (reach?.count ?? 0) + segments.length);
  let next = 0;
  for (let segment = 0; segment < segments.length; segment++) {
    const from = next;
    next = samplesEnd(captured, segments, { segment, from });
    rows.addSegment(captured, segments, { segment, from, to: next, nodeOfRow, reach });
  }
  const durationMicros = segments.end.at(-1) ?? 0;
  return { samples: rows.build(), originMicros: segments.originMicros, durationMicros };
}

/** The index behind the last sample of a segment. The last segment keeps also what was taken at its very end. */
function samplesEnd(
  { time, length }: CapturedSamples,
  { end, originMicros, length: segmentCount }: TimeSegments,
  { segment, from }: { readonly segment: number; readonly from: number },
): number {
  if (segment === segmentCount - 1) return length;
  const until = (end[segment] ?? 0) + originMicros;
  let to = from;
  while (to < length && (time[to] ?? 0) < until) to++;
  return to;
}

interface SegmentSamples {
  readonly segment: number;
  readonly from: number;
  readonly to: number;
  readonly nodeOfRow: NodeOfRow;
  readonly reach: SampleReach | undefined;
}

/** Columns that are filled row after row. */
class Rows {
  readonly #time: Float64Array;
  readonly #duration: Float64Array;
  readonly #node: Uint32Array;
  readonly #operation: Int32Array;
  readonly #phase: Uint8Array;
  readonly #captured: Uint8Array;
  #length = 0;

  constructor(capacity: number) {
    this.#time = new Float64Array(capacity);
    this.#duration = new Float64Array(capacity);
    this.#node = new Uint32Array(capacity);
    this.#operation = new Int32Array(capacity);
    this.#phase = new Uint8Array(capacity);
    this.#captured = new Uint8Array(capacity);
  }

  addSegment(captured: CapturedSamples, segments: TimeSegments, part: SegmentSamples): void {
    const { segment, from, to, nodeOfRow, reach } = part;
    const operation = segments.operation[segment] ?? -1;
    const phase = segments.phase[segment] ?? 0;
    const segmentEnd = segments.end[segment] ?? 0;
    let start = segments.start[segment] ?? 0;
    const add = (node: number, until: number, captures: 0 | 1) => {
      const row = this.#length++;
      this.#time[row] = start;
      this.#duration[row] = until - start;
      this.#node[row] = node;
      this.#operation[row] = operation;
      this.#phase[row] = phase;
      this.#captured[row] = captures;
      start = until;
    };
    if (from === to && segmentEnd > start) add(0, segmentEnd, 0);
    for (let sample = from; sample < to; sample++) {
      const isLast = sample + 1 === to;
      const until = isLast ? segmentEnd : (captured.time[sample + 1] ?? 0) - segments.originMicros;
      // A sample in the rounding before its segment must not make time run backwards.
      const end = Math.max(start, until);
      const place = {
        operation,
        phase,
        startMicros: start + segments.originMicros,
        endMicros: end + segments.originMicros,
      };
      const reached = (reach?.until(sample, place) ?? Number.POSITIVE_INFINITY) - segments.originMicros;
      add(nodeOfRow(captured.node[sample] ?? 0, place), Math.max(start, Math.min(end, reached)), 1);
      if (end > start) add(0, end, 0);
    }
  }

  /** Copying millions of rows to save a few would need the memory twice. */
  #trimmed<T extends { subarray(from: number, to: number): T; slice(from: number, to: number): T }>(
    column: T,
  ): T {
    const isNearlyFull = this.#length > this.#time.length * 0.9;
    return isNearlyFull ? column.subarray(0, this.#length) : column.slice(0, this.#length);
  }

  build(): SampleTable {
    return {
      length: this.#length,
      time: this.#trimmed(this.#time),
      duration: this.#trimmed(this.#duration),
      node: this.#trimmed(this.#node),
      operation: this.#trimmed(this.#operation),
      phase: this.#trimmed(this.#phase),
      captured: this.#trimmed(this.#captured),
    };
  }
}
