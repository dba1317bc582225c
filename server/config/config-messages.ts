import * as z from 'zod';
import { errorResponseSchema } from '../protocol/error-response.ts';

/** From the server to the child process that reads a config file. */
export const toLoaderSchema = z.object({
  /** Absolute path. */
  file: z.string(),
});

const ownHandlerSchema = z.object({
  name: z.string(),
  kind: z.enum(['command', 'query']),
  summary: z.string(),
  effect: z.string().optional(),
});

/**
 * From the child process: `loaded` or `failed` first; after `loaded` each handler is checked, then it is `done`. Of a file
 * with a fault what is right in it is `loaded`, then it has `failed`.
 */
export const fromLoaderSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('loaded'),
    handlers: z.array(ownHandlerSchema),
    databaseUrl: z.string().optional(),
    retries: z.record(z.string(), z.number()),
    examples: z.boolean(),
  }),
  z.object({ type: z.literal('failed'), fault: errorResponseSchema }),
  z.object({ type: z.literal('checking'), index: z.int() }),
  z.object({ type: z.literal('checked'), index: z.int(), fault: errorResponseSchema.optional() }),
  /** Files that were loaded up to now, without those of installed packages. */
  z.object({ type: z.literal('files'), files: z.array(z.string()) }),
  z.object({ type: z.literal('done') }),
]);

export type ToLoader = z.infer<typeof toLoaderSchema>;
export type FromLoader = z.infer<typeof fromLoaderSchema>;
export type OwnHandlerSummary = z.infer<typeof ownHandlerSchema>;
