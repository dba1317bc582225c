import type { OperationTrace, PhaseSpan } from '../../protocol/operation-trace.ts';
import { NO_PHASE, PHASES } from '../../protocol/phase.ts';
import { cutIntoSegments, type TimeSegments } from '../phases/time-segments.ts';
import type { HeapStacks } from './heap-to-stacks.ts';

/**
 * Operation traces on the axis of bytes: where each operation and each of its phases began in the sequence of the
 * allocations, and how much they allocated; the fields keep their names. `borders` are the moments of the marks. Every
 * beginning and every end of a trace is one of them, so what lies between two borders lies in one stretch of one phase.
 */
export function byteTraces(
  traces: readonly OperationTrace[],
  borders: readonly number[],
  heap: HeapStacks,
): OperationTrace[] {
  const ordered = traces.toSorted((a, b) => a.startMicros - b.startMicros);
  const [first] = ordered;
  const last = ordered.at(-1);
  if (first === undefined || last === undefined) return [];
  const startMicros = Math.min(first.startMicros, borders[0] ?? first.startMicros);
  const endMicros = Math.max(last.startMicros + last.durationMicros, borders.at(-1) ?? 0);
  const segments = cutIntoSegments(ordered, { startMicros, endMicros });
  const spans = spansOf(segmentOfBorder(segments, borders), segments, heap);
  let end = 0;
  return ordered.map((trace, operation) => {
    const own = spans.get(operation) ?? [];
    const start = own[0]?.start ?? end;
    end = own.at(-1)?.end ?? end;
    return onBytes(trace, { start, end, spans: own });
  });
}

/** For each border the segment that ends at it or goes on beyond it: in it lies what came before the border. */
function segmentOfBorder(
  { end, length, originMicros }: TimeSegments,
  borders: readonly number[],
): Int32Array {
  const segments = new Int32Array(borders.length).fill(-1);
  let at = 0;
  for (let border = 1; border < borders.length; border++) {
    const middle = ((borders[border - 1] ?? 0) + (borders[border] ?? 0)) / 2 - originMicros;
    while (at < length && (end[at] ?? 0) <= middle) at++;
    segments[border] = at < length ? at : -1;
  }
  return segments;
}

interface Span {
  readonly phase: number;
  readonly start: number;
  end: number;
}

/** The stretches of bytes of each operation, in order; neighbours in one phase are one. */
function spansOf(
  segmentOf: Int32Array,
  segments: TimeSegments,
  { stacks, border }: HeapStacks,
): ReadonlyMap<number, Span[]> {
  const spans = new Map<number, Span[]>();
  const { time, length } = stacks.samples;
  for (let sample = 0; sample < length; sample++) {
    const segment = segmentOf[border[sample] ?? 0] ?? -1;
    const operation = segment < 0 ? -1 : (segments.operation[segment] ?? -1);
    if (operation < 0) continue;
    const phase = segments.phase[segment] ?? NO_PHASE;
    const start = time[sample] ?? 0;
    const end = sample + 1 < length ? (time[sample + 1] ?? 0) : stacks.endMicros;
    const list = spans.get(operation) ?? [];
    spans.set(operation, list);
    const before = list.at(-1);
    if (before?.phase === phase && before.end === start) before.end = end;
    else list.push({ phase, start, end });
  }
  return spans;
}

interface OnBytes {
  readonly start: number;
  readonly end: number;
  readonly spans: readonly Span[];
}

function onBytes(trace: OperationTrace, { start, end, spans }: OnBytes): OperationTrace {
  // Statements are stretches of time.
  const { statements: _, ...rest } = trace;
  const phases: PhaseSpan[] = spans.flatMap(({ phase, start: startMicros, end: until }) => {
    const name = PHASES[phase];
    return name === undefined ? [] : [{ phase: name, startMicros, durationMicros: until - startMicros }];
  });
  return { ...rest, startMicros: start, durationMicros: end - start, phases };
}
