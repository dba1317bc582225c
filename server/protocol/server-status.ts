import * as z from 'zod';
import { errorResponseSchema } from './error-response.ts';

export const PRODUCT = 'eventstore-profiler';

/** `GET /api/status`, answered from the first moment of a start on. */
export const serverStatusSchema = z.object({
  product: z.literal(PRODUCT),
  version: z.string(),
  pid: z.int(),
  state: z.enum(['starting', 'ready', 'failed', 'stopping']),
  /** What a starting server is doing, as a short phrase. */
  step: z.string().optional(),
  /** Share of the step that is done, 0 to 1. */
  progress: z.number().min(0).max(1).optional(),
  error: errorResponseSchema.optional(),
  database: z
    .object({
      kind: z.enum(['embedded', 'url']),
      /** Data directory or host/database, never a password. */
      location: z.string(),
      version: z.string(),
    })
    .optional(),
  /** Events in the store; absent where the database holds no event store. */
  events: z.int().optional(),
  /** The workspace's config file. Absent without one. */
  config: z
    .object({
      /** Its name. */
      file: z.string(),
      /** Another number: the handlers may be others. */
      revision: z.int(),
      /** Why nothing of it can be used. */
      error: errorResponseSchema.optional(),
    })
    .optional(),
});

/** What a server started as a child process tells its parent over the IPC channel. */
export const launchMessageSchema = z.discriminatedUnion('type', [
  /** The server listens; it may still be starting its database. `url` holds no token. */
  z.object({ type: z.literal('listening'), url: z.url(), token: z.string() }),
  /** Another live server has the same data directory; use that one. This process exits. */
  z.object({
    type: z.literal('already-running'),
    url: z.url(),
    token: z.string(),
    pid: z.int(),
    /** What this process would have been, for the parent to compare with the status of the other. */
    wanted: z.object({
      version: z.string(),
      /** As `database.location` of a status; undefined stands for the embedded database of the workspace. */
      databaseUrlLocation: z.string().optional(),
    }),
  }),
  z.object({ type: z.literal('status'), status: serverStatusSchema }),
]);

export type ServerStatus = z.infer<typeof serverStatusSchema>;
export type LaunchMessage = z.infer<typeof launchMessageSchema>;
