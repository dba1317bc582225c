import * as z from 'zod';
import { artifactSchema } from './artifact.ts';
import { readAttachTarget } from './attach-target.ts';
import { recordingCostSchema } from './measuring-cost.ts';

const ATTACH_COLLECTORS = ['v8-cpu', 'v8-heap'] as const;
const ENDED_BY = ['duration', 'stop', 'exit'] as const;

/** `POST /api/runs`: record a Node.js process that runs already. `POST /api/runs/:id/stop` ends it early and keeps what there is. */
export const attachRequestSchema = z.strictObject({
  kind: z.literal('attach'),
  /** A process id, `host:port` of an inspector on this machine, or its `ws://` address. */
  target: z.string().min(1).max(200).superRefine(refuseNoTarget),
  collector: z.enum(ATTACH_COLLECTORS).default('v8-cpu'),
  durationSeconds: z.number().min(0.1).max(3600).default(10),
  /** Microseconds between two CPU samples. */
  samplingIntervalMicros: z.int().min(50).max(100_000).default(1000),
});

function refuseNoTarget(text: string, context: z.RefinementCtx): void {
  const { fault } = readAttachTarget(text);
  if (fault === undefined) return;
  context.addIssue({ code: 'custom', message: fault.message, params: { advice: fault.advice } });
}

export const attachResultSchema = z.object({
  kind: z.literal('attach'),
  /** The program's file, or how else the process is called. */
  program: z.string(),
  pid: z.int().optional(),
  nodeVersion: z.string(),
  /** Where its inspector listened. */
  address: z.string(),
  collector: z.enum(ATTACH_COLLECTORS),
  /** `exit`: the process came to its end before. */
  endedBy: z.enum(ENDED_BY),
  startedAt: z.string(),
  /** Microseconds, or bytes of a heap recording. */
  recorded: z.number(),
  samples: z.int(),
  nodes: z.int(),
  costOfMeasuring: recordingCostSchema.optional(),
  artifacts: z.array(artifactSchema),
});

export type AttachRequest = z.infer<typeof attachRequestSchema>;
export type AttachResult = z.infer<typeof attachResultSchema>;
