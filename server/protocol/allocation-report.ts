import * as z from 'zod';
import { outsideHeapSchema } from './outside-heap.ts';

/** What was allocated in a recording, as V8's samples estimate it. */
export const allocationReportSchema = z.object({
  /** All that were allocated, or those that were live at the end. */
  objects: z.enum(['allocated', 'live']),
  bytes: z.number(),
  /** Within operations; 0 of live objects, which have no phases. */
  operationBytes: z.number(),
  /** Within operations, adding up to `operationBytes`; `share` of it from 0 to 1. */
  byPhase: z.array(z.object({ phase: z.string(), bytes: z.number(), share: z.number() })),
  samplingIntervalBytes: z.number(),
  /** What the recording itself allocated to tell the phases apart; not counted above. */
  markBytes: z.number(),
  /** Bytes of V8's heap in use before and after the operations, garbage not counted. */
  usedBefore: z.number(),
  usedAfter: z.number(),
  /** Absent in results that are older than it. */
  outside: outsideHeapSchema.optional(),
});

export type AllocationReport = z.infer<typeof allocationReportSchema>;
