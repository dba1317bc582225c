import * as z from 'zod';

/** What `eventstore-profiler init --json` prints. */
export const createdConfigSchema = z.object({
  /** Absolute path of the config file, the new one or the one that was there. */
  file: z.string(),
  /** False when there was one: it stays as it is. */
  isNew: z.boolean(),
  /** How many source files were looked at. */
  filesRead: z.int(),
  /** How many exported asynchronous functions they have; the first of them have become handlers. */
  found: z.int(),
  /** Names of the handlers that can be run as they stand. */
  active: z.array(z.string()).readonly(),
  /** Names of those that stand in comments. */
  commented: z.array(z.string()).readonly(),
  /** A sentence for each class or object whose asynchronous methods could be handlers' work. */
  hints: z.array(z.string()).readonly(),
});

export type CreatedConfig = Readonly<z.infer<typeof createdConfigSchema>>;
