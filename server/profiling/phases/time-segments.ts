import type { OperationTrace, PhaseSpan } from '../../protocol/operation-trace.ts';
import { NO_PHASE, PHASES } from '../../protocol/phase.ts';
import { TraceMismatchError } from '../profiling-errors.ts';

/**
 * The time of a capture cut into segments that follow each other: each lies outside of any operation (-1), in one
 * phase of one operation, or in an operation but in no phase.
 */
export interface TimeSegments {
  readonly length: number;
  /** Microseconds since the origin. */
  readonly start: Float64Array;
  readonly end: Float64Array;
  readonly operation: Int32Array;
  readonly phase: Uint8Array;
  /** What `start` counts from, on the capture's clock: the first sample, or an operation that began before it. */
  readonly originMicros: number;
}

/** Microseconds on the capture's clock. */
export interface CaptureSpan {
  readonly startMicros: number;
  readonly endMicros: number;
}

/** Microseconds. Less than this between two stretches is rounding: nothing happens in it. */
const ROUNDING = 0.01;

/** Microseconds. Stretches of a lawful trace overlap by rounding only. */
const OVERLAP = 1;

/** Microseconds. An operation that lies further outside the capture was recorded at another time or by another clock. */
const STRAY = 1_000_000;

/**
 * Cuts by operations in order of time. Throws `TraceMismatchError` when operations or phases overlap, when phases
 * leave their operation, or when an operation lies a second or more outside of the span.
 */
export function cutIntoSegments(traces: readonly OperationTrace[], span: CaptureSpan): TimeSegments {
  const first = traces[0]?.startMicros ?? span.startMicros;
  const last = traces.at(-1);
  const end = Math.max(span.endMicros, last === undefined ? span.endMicros : endOf(last));
  const cutter = new Cutter(Math.min(span.startMicros, first), maxSegments(traces));
  traces.forEach((trace, operation) => {
    const where = `operation ${operation} (${trace.handler})`;
    if (trace.startMicros < span.startMicros - STRAY || endOf(trace) > span.endMicros + STRAY) {
      throw new TraceMismatchError(where, 'lies outside of the recorded time');
    }
    cutter.cutTo(trace.startMicros, { where, operation: -1, phase: NO_PHASE });
    for (const stretch of inOrder(trace.phases)) {
      const place = `${where}, ${stretch.phase},`;
      if (endOf(stretch) > endOf(trace) + OVERLAP)
        throw new TraceMismatchError(place, 'ends behind its operation');
      cutter.cutTo(stretch.startMicros, { where: place, operation, phase: NO_PHASE });
      cutter.cutTo(endOf(stretch), { where: place, operation, phase: PHASES.indexOf(stretch.phase) });
    }
    cutter.cutTo(endOf(trace), { where, operation, phase: NO_PHASE });
  });
  cutter.finish(end, { where: 'the end', operation: -1, phase: NO_PHASE });
  return cutter.build();
}

interface Part {
  readonly where: string;
  readonly operation: number;
  readonly phase: number;
}

class Cutter {
  readonly #origin: number;
  readonly #start: Float64Array;
  readonly #end: Float64Array;
  readonly #operation: Int32Array;
  readonly #phase: Uint8Array;
  #length = 0;
  #cursor = 0;

  constructor(origin: number, capacity: number) {
    this.#origin = origin;
    this.#start = new Float64Array(capacity);
    this.#end = new Float64Array(capacity);
    this.#operation = new Int32Array(capacity);
    this.#phase = new Uint8Array(capacity);
  }

  /** Gives the time since the last cut to the part. */
  cutTo(micros: number, part: Part): void {
    const end = micros - this.#origin;
    if (end < this.#cursor - OVERLAP) throw new TraceMismatchError(part.where, 'overlaps what came before');
    if (end <= this.#cursor + (part.phase === NO_PHASE ? ROUNDING : 0)) return;
    this.#add(end, part);
  }

  /** At least one segment, so that the samples of a capture without duration have a place. */
  finish(micros: number, part: Part): void {
    this.cutTo(micros, part);
    if (this.#length === 0) this.#add(this.#cursor, part);
  }

  #add(end: number, part: Part): void {
    this.#start[this.#length] = this.#cursor;
    this.#end[this.#length] = end;
    this.#operation[this.#length] = part.operation;
    this.#phase[this.#length++] = part.phase;
    this.#cursor = end;
  }

  build(): TimeSegments {
    return {
      length: this.#length,
      start: this.#start.subarray(0, this.#length),
      end: this.#end.subarray(0, this.#length),
      operation: this.#operation.subarray(0, this.#length),
      phase: this.#phase.subarray(0, this.#length),
      originMicros: this.#origin,
    };
  }
}

function endOf(stretch: { readonly startMicros: number; readonly durationMicros: number }): number {
  return stretch.startMicros + stretch.durationMicros;
}

/** Recorders write stretches in order; files need not. */
function inOrder(phases: readonly PhaseSpan[]): readonly PhaseSpan[] {
  const isOrdered = phases.every((phase, at) => phase.startMicros >= (phases[at - 1]?.startMicros ?? 0));
  return isOrdered ? phases : phases.toSorted((a, b) => a.startMicros - b.startMicros);
}

/** Each phase may have time before it, each operation before and behind, and there is an end. */
function maxSegments(traces: readonly OperationTrace[]): number {
  return traces.reduce((count, trace) => count + 2 * trace.phases.length + 2, 1);
}
