import * as z from 'zod';
import { errorResponseSchema } from './error-response.ts';
import { runRequestSchema, runResultSchema } from './run.ts';

/** From the server to the child process of one run. */
export const toRunnerSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('execute'),
    runId: z.string(),
    request: runRequestSchema,
    /** Existing folder of the run; the runner writes its artifacts there. */
    directory: z.string(),
    databaseUrl: z.string(),
    /** The database is one that the profiler runs itself. */
    isEmbedded: z.boolean().optional(),
    /** Name under which the run's connections appear in `pg_stat_activity`. */
    applicationName: z.string(),
    /** Of the workspace, as an absolute path: the handler of the request is one that it names. Absent for an example. */
    configFile: z.string().optional(),
    /** Settings of the config file for retries; the environment's count more. */
    retries: z.record(z.string(), z.number()).optional(),
  }),
  /** End what is being done, and succeed with what there is. */
  z.object({ type: z.literal('stop') }),
  /** End as soon as possible. A runner that does not is killed. */
  z.object({ type: z.literal('abort') }),
]);

/** From the child process of a run to the server. The first of `succeeded`, `failed`, `cancelled` counts. */
export const fromRunnerSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('progress'), step: z.string(), done: z.number(), total: z.number() }),
  z.object({ type: z.literal('log'), message: z.string() }),
  z.object({ type: z.literal('metrics'), values: z.record(z.string(), z.number()) }),
  z.object({ type: z.literal('succeeded'), result: runResultSchema }),
  // What was done by then, where that has a result of its own: a simulation's summary.
  z.object({ type: z.literal('failed'), error: errorResponseSchema, result: runResultSchema.optional() }),
  z.object({ type: z.literal('cancelled'), result: runResultSchema.optional() }),
]);

/**
 * What a runner writes to stderr before it ends itself while its event loop is blocked, in a line of its own: this mark,
 * then an `ErrorResponse` as JSON.
 */
export const LAST_WORD_MARK = '\u001eeventstore-profiler-ended ';

export type ToRunner = z.infer<typeof toRunnerSchema>;
export type ExecuteMessage = Extract<ToRunner, { type: 'execute' }>;
export type FromRunner = z.infer<typeof fromRunnerSchema>;
