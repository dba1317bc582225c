import * as z from 'zod';
import { errorResponseSchema } from './error-response.ts';

/** A handler as the pickers show it. */
export const handlerInfoSchema = z.object({
  name: z.string(),
  kind: z.enum(['command', 'query']),
  /** One sentence: what the handler answers or does. */
  summary: z.string(),
  /** One sentence: what executing it changes for good. Absent for a handler that changes nothing. */
  effect: z.string().optional(),
  /** `own`: of the workspace's config file. Absent where a server of an older version does not tell. */
  origin: z.enum(['own', 'example']).optional(),
  /** Why it cannot be run as things stand. */
  fault: errorResponseSchema.optional(),
  /** What an input is made of, in order. Absent where a server of an older version does not tell. */
  fields: z
    .array(
      z.object({
        /** Dotted inside of another: `details.Title`. */
        name: z.string(),
        /** What may stand there, such as `text of 1 to 200 characters`. */
        expected: z.string(),
        /** Whether the object that it is a field of must have it. */
        isRequired: z.boolean(),
      }),
    )
    .readonly()
    .optional(),
});

export type HandlerInfo = z.infer<typeof handlerInfoSchema>;
