import { GC_KINDS, type PlacedPause } from '../../server/protocol/gc-pause.ts';
import type { Profile } from '../../server/protocol/profile/profile.ts';

/** Pauses of garbage collection in a recording, in order of time. */
export interface GcPauses {
  /** `startMicros` on the axis of the profile. */
  readonly list: readonly PlacedPause[];
  /** By pause: until when it or one before it lasts. A pause may hold shorter ones. */
  readonly reach: Float64Array;
}

/**
 * The pauses in a run's file of them, whose times count from the first operation. Null where there is none that could be
 * shown: the file comes from outside the program, and is left alone unless it is lawful.
 */
export function readGcPauses(file: unknown, { operations, unit }: Profile): GcPauses | null {
  if (unit !== 'microseconds' || typeof file !== 'object' || file === null) return null;
  const { pauses } = file as { readonly pauses?: unknown };
  if (!Array.isArray(pauses) || !pauses.every(isPause) || pauses.length === 0) return null;
  const origin = operations.start[0] ?? 0;
  const list = pauses
    .map((pause) => ({ ...pause, startMicros: pause.startMicros + origin }))
    .sort((a, b) => a.startMicros - b.startMicros);
  let until = Number.NEGATIVE_INFINITY;
  const reach = Float64Array.from(list, ({ startMicros, durationMicros }) => {
    until = Math.max(until, startMicros + durationMicros);
    return until;
  });
  return { list, reach };
}

function isPause(value: unknown): value is PlacedPause {
  if (typeof value !== 'object' || value === null) return false;
  const { startMicros, durationMicros, kind, operation, phase } = value as Partial<
    Record<keyof PlacedPause, unknown>
  >;
  return (
    Number.isFinite(startMicros) &&
    Number.isFinite(durationMicros) &&
    GC_KINDS.some((known) => known === kind) &&
    (operation === undefined || Number.isInteger(operation)) &&
    (phase === undefined || typeof phase === 'string')
  );
}
