import * as z from 'zod';
import { allocationReportSchema } from './allocation-report.ts';
import { artifactSchema } from './artifact.ts';
import { attachRequestSchema, attachResultSchema } from './attach.ts';
import { COLLECTORS } from './collector-name.ts';
import { errorResponseSchema } from './error-response.ts';
import { gcReportSchema } from './gc-report.ts';
import { comparedCostSchema, measuringCostSchema } from './measuring-cost.ts';
import { simulationRequestSchema } from './simulation-request.ts';
import { simulationResultSchema } from './simulation-result.ts';
import { explainRequestSchema, explainResultSchema } from './statement-plan.ts';
import { statementReportSchema } from './statement-report.ts';
import { stopRequestSchema } from './stop-request.ts';
import { toolReportSchema } from './tool-report.ts';

export const RUN_STATES = ['queued', 'running', 'succeeded', 'failed', 'cancelled'] as const;

const SNAPSHOT_MODES = ['off', 'stored', 'warm'] as const;

export const MAX_ITERATIONS = 1_000_000;
/** Beyond it phases could not be told apart; see server/profiling/capture/allocation-marks.ts. */
const MAX_HEAP_INTERVAL = 14_336;
const MAX_SEED_EVENTS = 10_000_000;

/** `POST /api/runs`: execute one handler again and again while a collector records it. */
export const profileRequestSchema = z
  .strictObject({
    kind: z.literal('profile'),
    handler: z.string().min(1).max(200),
    /** What records it. */
    collector: z.enum(COLLECTORS).default('v8-cpu'),
    /** How many operations are recorded where the run stops by iterations. */
    iterations: z.int().min(1).max(MAX_ITERATIONS).default(50),
    /** When enough is recorded; left out, after `iterations`. */
    stop: stopRequestSchema.optional(),
    /** Microseconds between two CPU samples. */
    samplingIntervalMicros: z.int().min(50).max(100_000).default(200),
    /** Bytes between two heap samples; left out, the collector chooses by what one operation allocates. */
    samplingIntervalBytes: z.int().min(128).max(MAX_HEAP_INTERVAL).optional(),
    /** Of a heap recording: all objects that were allocated (the default), or those that are live at the end. */
    heapObjects: z.enum(['allocated', 'live']).optional(),
    /** Seed of the handler's inputs: the same seed gives the same inputs. */
    seed: z.int().min(0).default(1),
    /**
     * Where each execution gets its state from. `off`: it folds the whole history. `stored`: it loads the snapshot from the
     * event store. `warm`: the state of the execution before stays in memory. The last two leave snapshots in the store.
     */
    snapshots: z.enum(SNAPSHOT_MODES).default('off'),
    /** One input for every execution, in the handler's own form; left out, the handler's inputs are chosen for it. */
    input: z.record(z.string(), z.unknown()).optional(),
  })
  .superRefine(({ collector, heapObjects }, context) => {
    if (heapObjects === undefined || collector === 'v8-heap') return;
    context.addIssue({
      code: 'custom',
      path: ['heapObjects'],
      message: `heapObjects belongs to the collector v8-heap; ${collector} would not look at it.`,
      params: { advice: 'Leave heapObjects out, or record with the collector v8-heap.' },
    });
  });

/** `POST /api/runs`: fill an empty event store with lawful histories of the library example. */
export const seedRequestSchema = z.strictObject({
  kind: z.literal('seed'),
  events: z.int().min(1).max(MAX_SEED_EVENTS).default(50_000),
  seed: z.int().min(0).default(1),
});

export const runRequestSchema = z.discriminatedUnion('kind', [
  profileRequestSchema,
  seedRequestSchema,
  simulationRequestSchema,
  explainRequestSchema,
  attachRequestSchema,
]);

/** Time of all operations of a run in one phase; `unattributed` is the time of operations in no phase. */
export const phaseTotalSchema = z.object({
  phase: z.string(),
  totalMicros: z.number(),
  /** Share of the operations' wall time, 0 to 1. */
  share: z.number(),
});

/** How long single operations took; see `operationTimes`. */
export const operationTimesSchema = z.object({
  medianMicros: z.number(),
  minMicros: z.number(),
  maxMicros: z.number(),
  /** Absent below 20 operations: it would be one of the longest few. */
  p95Micros: z.number().optional(),
});

/** Why a recording ended; see `stopRequestSchema`. `full`: the profile was as large as one can be. */
const STOPPED_BY = [
  'iterations',
  'duration',
  'max-seconds',
  'slow-operation',
  'request',
  'full',
  'no-input',
] as const;

/** The operation that took longer than the bound; the last one that was recorded. */
const slowOperationSchema = z.object({
  /** Counts the operations of the run from 0. */
  iteration: z.int(),
  durationMicros: z.number(),
  /** What it was executed with, where the handler tells. */
  input: z.unknown().optional(),
});

/** A worker thread that ran beside the handler. */
const threadSchema = z.object({
  name: z.string(),
  samples: z.int(),
  /** Of them those in which it was not idle. */
  busySamples: z.int(),
  /** Name of the artifact with its profile. */
  profile: z.string(),
});

export const profileResultSchema = z.object({
  kind: z.literal('profile'),
  handler: z.string(),
  /** Operations recorded. */
  iterations: z.int(),
  collector: z.enum(COLLECTORS).optional(),
  /** Of a collector that is somebody else's program. */
  tool: toolReportSchema.optional(),
  stoppedBy: z.enum(STOPPED_BY).optional(),
  slowOperation: slowOperationSchema.optional(),
  /** Wall time of all operations together. */
  operationMicros: z.number(),
  /** Absent in results that are older than it, like every optional field here. */
  operationTimes: operationTimesSchema.optional(),
  eventsReadPerOperation: z.number(),
  eventsAppendedPerOperation: z.number().default(0),
  outcomes: z.record(z.string(), z.int()),
  /** As asked for: see the request. */
  snapshots: z.enum(SNAPSHOT_MODES).optional(),
  /** The one input of every execution; absent where inputs were chosen. */
  input: z.record(z.string(), z.unknown()).optional(),
  /** Where the states came from: `warm`, `stored`, or `rebuilt: …` with the reason. Absent with snapshots off. */
  snapshotUses: z.record(z.string(), z.int()).optional(),
  /** Captured samples. */
  samples: z.int(),
  /** Between two samples as asked for. */
  samplingIntervalMicros: z.number().optional(),
  /** Mean time between two captured samples. */
  sampleDistanceMicros: z.number().optional(),
  nodes: z.int(),
  /** Worker threads; absent where there were none. */
  threads: z.array(threadSchema).optional(),
  costOfMeasuring: z.union([measuringCostSchema, comparedCostSchema]).optional(),
  /** In a sentence, why that is not known. */
  costUnknown: z.string().optional(),
  gc: gcReportSchema.optional(),
  /** Of a heap recording. */
  allocations: allocationReportSchema.optional(),
  phases: z.array(phaseTotalSchema),
  /** SQL statements of the operations. */
  statements: statementReportSchema.optional(),
  artifacts: z.array(artifactSchema),
});

export const seedResultSchema = z.object({
  kind: z.literal('seed'),
  events: z.int(),
  eventsPerSecond: z.number(),
});

export const runResultSchema = z.discriminatedUnion('kind', [
  profileResultSchema,
  seedResultSchema,
  simulationResultSchema,
  explainResultSchema,
  attachResultSchema,
]);

/** Of a plan, in words, what its request names by ids alone: the run that they are of may be gone before the plan is. */
const runSubjectSchema = z.object({
  handler: z.string(),
  /** Label of the statement. */
  statement: z.string(),
});

export const runSchema = z.object({
  id: z.string(),
  request: runRequestSchema,
  state: z.enum(RUN_STATES),
  createdAt: z.iso.datetime(),
  /** When it began to be executed; absent while it waits, where it never began, and in runs that are older than the field. */
  startedAt: z.iso.datetime().optional(),
  endedAt: z.iso.datetime().optional(),
  error: errorResponseSchema.optional(),
  subject: runSubjectSchema.optional(),
});

/** What `GET /api/runs/:id/events` sends, one JSON object per server-sent event; `done` is the last. */
export const runEventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('state'), state: z.enum(RUN_STATES) }),
  z.object({
    type: z.literal('progress'),
    /** What is being done, as a short phrase. */
    step: z.string(),
    done: z.number(),
    total: z.number(),
  }),
  z.object({ type: z.literal('log'), message: z.string() }),
  z.object({ type: z.literal('metrics'), values: z.record(z.string(), z.number()) }),
  z.object({ type: z.literal('done'), run: runSchema }),
]);

export type RunState = (typeof RUN_STATES)[number];
export type ProfileRequest = z.infer<typeof profileRequestSchema>;
export type SeedRequest = z.infer<typeof seedRequestSchema>;
export type RunRequest = z.infer<typeof runRequestSchema>;
export type OperationTimes = z.infer<typeof operationTimesSchema>;
export type StoppedBy = (typeof STOPPED_BY)[number];
export type SlowOperation = z.infer<typeof slowOperationSchema>;
export type PhaseTotal = z.infer<typeof phaseTotalSchema>;
export type ProfileResult = z.infer<typeof profileResultSchema>;
export type SeedResult = z.infer<typeof seedResultSchema>;
export type RunResult = z.infer<typeof runResultSchema>;
export type RunSubject = z.infer<typeof runSubjectSchema>;
export type Run = z.infer<typeof runSchema>;
export type RunEvent = z.infer<typeof runEventSchema>;
