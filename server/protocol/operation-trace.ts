import * as z from 'zod';
import { PHASES } from './phase.ts';

/** What came of an operation. `answered` is the outcome of a query handler. */
const OUTCOMES = ['answered', 'accepted', 'idempotent', 'rejected', 'failed'] as const;

/** One uninterrupted stretch of one phase. Stretches of an operation never overlap: an inner phase interrupts the outer one. */
export const phaseSpanSchema = z.object({
  phase: z.enum(PHASES),
  /** Microseconds on the monotonic clock of the process that ran the operation. */
  startMicros: z.number(),
  durationMicros: z.number().nonnegative(),
});

/** One stretch in which PostgreSQL worked on a statement of the operation. */
const statementSpanSchema = z.object({
  /** The statement in short; equal for all executions of one statement. */
  label: z.string(),
  /** On the clock of the phases. */
  startMicros: z.number(),
  durationMicros: z.number().nonnegative(),
});

/** Why a state was folded from the whole history. */
const REBUILD_REASONS = [
  'missing',
  'incompatible',
  'corrupt',
  'unreadable',
  'tail_too_long',
  'diverged',
  'bounded_filter',
] as const;

/** Where the state of an operation came from: memory, the event store's snapshot, or all events. */
const snapshotUseSchema = z.object({
  use: z.enum(['warm', 'stored', 'rebuilt']),
  /** Of a rebuild. */
  reason: z.enum(REBUILD_REASONS).exactOptional(),
  /** Up to which the state held all events when the operation began; 0 for a rebuild. */
  sequenceNumber: z.number().nonnegative(),
  /** How many events were folded on top of it. */
  eventsAfter: z.int().nonnegative(),
});

/** One execution of one handler. */
export const operationTraceSchema = z.object({
  handler: z.string(),
  kind: z.enum(['command', 'query']),
  /** Counts the executions of a run from 0. */
  iteration: z.int().nonnegative(),
  startMicros: z.number(),
  durationMicros: z.number().nonnegative(),
  phases: z.array(phaseSpanSchema),
  eventsReadByType: z.record(z.string(), z.int().nonnegative()),
  /** Traces stored before it was recorded do not have it. */
  eventsAppended: z.int().nonnegative().default(0),
  outcome: z.enum(OUTCOMES),
  /** Absent where nothing keeps states. */
  snapshot: snapshotUseSchema.exactOptional(),
  /** How often the handler was executed, with retrying. */
  attempts: z.int().positive().exactOptional(),
  /** Time between attempts: it lies in no phase. */
  retryDelayMicros: z.number().nonnegative().exactOptional(),
  /** In order of their start; those sent on several connections may overlap. Absent where statements were not observed. */
  statements: z.array(statementSpanSchema).exactOptional(),
  /** Where a cached answer came from: an earlier operation, one at the same time, or this one. */
  cache: z.enum(['hit', 'shared', 'miss']).exactOptional(),
});

export type StatementSpan = z.infer<typeof statementSpanSchema>;
export type PhaseSpan = z.infer<typeof phaseSpanSchema>;
export type OperationTrace = z.infer<typeof operationTraceSchema>;
