import type { GcPause, PlacedPause } from '../../protocol/gc-pause.ts';
import type { GcReport } from '../../protocol/gc-report.ts';
import type { OperationTrace } from '../../protocol/operation-trace.ts';
import { PHASES, UNATTRIBUTED } from '../../protocol/phase.ts';
import { cutIntoSegments, type TimeSegments } from './time-segments.ts';

export interface GcByPhase {
  readonly report: GcReport;
  /** Each pause, placed where it began. */
  readonly pauses: readonly PlacedPause[];
}

/** Joins pauses with operations by time, on one clock: a pause over several phases is shared among them exactly. */
export function gcByPhase(pauses: readonly GcPause[], traces: readonly OperationTrace[]): GcByPhase {
  const ordered = traces.toSorted((a, b) => a.startMicros - b.startMicros);
  const segments = segmentsOf(pauses, ordered);
  const byPhase = new Map<string, number>();
  let within = 0;
  const placed = pauses.map((pause) => {
    let place: Pick<PlacedPause, 'operation' | 'phase'> | undefined;
    for (const { segment, micros } of overlaps(pause, segments)) {
      const operation = segments.operation[segment] ?? -1;
      const phase = PHASES[segments.phase[segment] ?? PHASES.length] ?? UNATTRIBUTED;
      place ??= operation < 0 ? {} : { operation, phase };
      if (operation < 0) continue;
      within += micros;
      byPhase.set(phase, (byPhase.get(phase) ?? 0) + micros);
    }
    return { ...pause, ...place };
  });
  const wall = ordered.reduce((sum, { durationMicros }) => sum + durationMicros, 0);
  return {
    pauses: placed,
    report: { ...totalsOf(pauses), byPhase: inOrder(byPhase), share: wall > 0 ? within / wall : 0 },
  };
}

function segmentsOf(pauses: readonly GcPause[], traces: readonly OperationTrace[]): TimeSegments {
  const stretches = [...pauses, ...traces];
  const startMicros = stretches.reduce(
    (least, one) => Math.min(least, one.startMicros),
    Number.POSITIVE_INFINITY,
  );
  if (stretches.length === 0) return cutIntoSegments([], { startMicros: 0, endMicros: 0 });
  const endMicros = stretches.reduce(
    (most, one) => Math.max(most, one.startMicros + one.durationMicros),
    startMicros,
  );
  return cutIntoSegments(traces, { startMicros, endMicros });
}

/** The segments that a pause touches, with the part of it that lies in each. Segments are in order of time. */
function* overlaps(pause: GcPause, { start, end, length, originMicros }: TimeSegments) {
  const from = pause.startMicros - originMicros;
  const until = from + pause.durationMicros;
  for (let segment = firstEndingAfter(end, length, from); segment < length; segment++) {
    const begins = start[segment] ?? 0;
    if (begins >= until) return;
    yield { segment, micros: Math.min(until, end[segment] ?? 0) - Math.max(from, begins) };
  }
}

function firstEndingAfter(end: Float64Array, length: number, at: number): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((end[middle] ?? 0) <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}

function totalsOf(pauses: readonly GcPause[]): Omit<GcReport, 'byPhase' | 'share'> {
  const kinds = Map.groupBy(pauses, ({ kind }) => kind);
  return {
    pauses: pauses.length,
    totalMicros: sum(pauses),
    longestMicros: pauses.reduce((most, { durationMicros }) => Math.max(most, durationMicros), 0),
    byKind: [...kinds].map(([kind, some]) => ({ kind, pauses: some.length, totalMicros: sum(some) })),
  };
}

function sum(pauses: readonly GcPause[]): number {
  return pauses.reduce((total, { durationMicros }) => total + durationMicros, 0);
}

function inOrder(byPhase: ReadonlyMap<string, number>): GcReport['byPhase'] {
  return [...PHASES, UNATTRIBUTED].flatMap((phase) => {
    const totalMicros = byPhase.get(phase);
    return totalMicros === undefined ? [] : [{ phase, totalMicros }];
  });
}
