import * as z from 'zod';

/** `minor`: of young objects; `major`: of all; `incremental`: a step of a major one; `weak-callbacks`: telling who waits for objects to go. */
const GC_KINDS = ['minor', 'major', 'incremental', 'weak-callbacks'] as const;

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

/** One pause in the file of all pauses. */
export interface GcPause {
  readonly startMicros: number;
  readonly durationMicros: number;
  readonly kind: GcKind;
}

export type GcKind = (typeof GC_KINDS)[number];
export type GcReport = z.infer<typeof gcReportSchema>;
