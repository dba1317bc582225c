import * as z from 'zod';

/** `minor`: of young objects; `major`: of all; `incremental`: a step of a major one; `weak-callbacks`: telling who waits for objects to go. */
export const GC_KINDS = ['minor', 'major', 'incremental', 'weak-callbacks'] as const;

/** What garbage collection cost a recording. Microseconds. */
export const gcReportSchema = z.object({
  pauses: z.int(),
  totalMicros: z.number(),
  longestMicros: z.number(),
  byKind: z.array(z.object({ kind: z.enum(GC_KINDS), pauses: z.int(), totalMicros: z.number() })),
  /** Within operations, by phase; `unattributed` in none of them. The rest lies between operations. */
  byPhase: z.array(z.object({ phase: z.string(), totalMicros: z.number() })),
  /** Pauses within operations as a share of the operations' wall time, 0 to 1. */
  share: z.number(),
});

/** One pause. */
export interface GcPause {
  readonly startMicros: number;
  readonly durationMicros: number;
  readonly kind: GcKind;
}

/**
 * A pause in the file of all pauses, with its place: `operation` is an index into the operations in order of time, absent
 * between them.
 */
export interface PlacedPause extends GcPause {
  readonly operation?: number;
  readonly phase?: string;
}

export type GcKind = (typeof GC_KINDS)[number];
export type GcReport = z.infer<typeof gcReportSchema>;
