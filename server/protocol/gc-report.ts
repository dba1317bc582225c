import * as z from 'zod';
import { GC_KINDS } from './gc-pause.ts';

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

export type GcReport = z.infer<typeof gcReportSchema>;
