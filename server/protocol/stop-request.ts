import * as z from 'zod';

const DAY_SECONDS = 86_400;

const seconds = z.number().min(0.1).max(DAY_SECONDS);

/**
 * When a profile run has recorded enough. Whatever is said here, a run also ends when somebody stops it or when its
 * profile is as large as one can be, and keeps what it has recorded.
 *
 * - `iterations`: after as many operations as the request's `iterations` says; the other strategies do not look at it.
 * - `duration`: behind the operation during which the time is up.
 * - `manual`: when somebody stops the run (`POST /api/runs/:id/stop`), after `maxSeconds` at the latest.
 * - `slower-than`: behind the first operation that takes longer than `millis`, after `maxSeconds` at the latest.
 */
export const stopRequestSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('iterations') }),
  z.strictObject({ kind: z.literal('duration'), seconds }),
  z.strictObject({ kind: z.literal('manual'), maxSeconds: seconds.default(600) }),
  z.strictObject({
    kind: z.literal('slower-than'),
    millis: z.number().min(0.001).max(3_600_000),
    maxSeconds: seconds.default(60),
  }),
]);

export type StopRequest = z.infer<typeof stopRequestSchema>;
