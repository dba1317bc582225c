import * as z from 'zod';
import { errorResponseSchema } from '../protocol/error-response.ts';
import { operationTraceSchema } from '../protocol/operation-trace.ts';
import { profileResultSchema } from '../protocol/run.ts';
import { toRunnerSchema } from '../protocol/runner-messages.ts';
import { STRETCHES } from './control-watch.ts';

/** Argument of the runner by which it executes the order of a file, and not one from its server. */
export const ALONE = '--alone';

/** The order for a process that executes a workload under a tool: it has no channel to anybody, so it reads a file. */
export const aloneOrderSchema = z.object({
  execute: toRunnerSchema.options[0],
  /** The folder to work in: the tool has to be started in another. */
  cwd: z.string(),
  /** Variables of the environment as they are without the tool; null for those that are not set. */
  variables: z.record(z.string(), z.string().nullable()),
  /** Where the outcome is to be written. */
  outcomeFile: z.string(),
  /** Only so many operations are timed, for so long at most: nothing records them, and nothing else is kept of them. */
  timed: z.object({ operations: z.int(), millis: z.number() }).optional(),
  /** Somebody wants what is recorded by now when this file is there. */
  stopFile: z.string(),
});

/** What comes of it. Times are on the monotonic clock of the machine. */
export const aloneOutcomeSchema = z.object({
  handler: z.string(),
  startedAt: z.string(),
  traces: z.array(operationTraceSchema),
  /** The JavaScript that ran in the place of files, by their `file:` URLs. */
  textsThatRan: z.record(z.string(), z.string()),
  marks: z.array(z.object({ before: z.number(), after: z.number() })),
  stoppedBy: profileResultSchema.shape.stoppedBy,
  slowOperation: profileResultSchema.shape.slowOperation,
  gc: profileResultSchema.shape.gc,
  statements: profileResultSchema.shape.statements,
});

/** What comes of an order to time operations only. */
export const timedOutcomeSchema = z.object({
  /** Wall times in microseconds, in the order of execution. None of a command, which changes something for good. */
  durations: z.array(z.number()),
});

/** On its way it prints lines: this mark, then JSON. Tools hand stderr through and print nothing that begins so. */
export const NEWS_MARK = '\u001eeventstore-profiler ';

export const aloneNewsSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('progress'), step: z.string(), done: z.number(), total: z.number() }),
  z.object({ type: z.literal('log'), message: z.string() }),
  z.object({ type: z.literal('recorded') }),
  /** What of the user's code is executed from now on, and how long it may keep its thread; null for nothing of it. */
  z.object({ type: z.literal('watched'), stretch: z.enum(STRETCHES).nullable(), limitMs: z.number() }),
  /** The event loop turns. */
  z.object({ type: z.literal('beat') }),
  z.object({ type: z.literal('failed'), error: errorResponseSchema }),
]);

export type AloneOrder = z.infer<typeof aloneOrderSchema>;
export type TimedOutcome = z.infer<typeof timedOutcomeSchema>;
export type AloneOutcome = z.infer<typeof aloneOutcomeSchema>;
/** A line of the workload for whoever reads the tool's stderr. */
export function say(news: AloneNews): void {
  process.stderr.write(`${NEWS_MARK}${JSON.stringify(news)}\n`);
}

export type AloneNews = z.infer<typeof aloneNewsSchema>;
