import * as z from 'zod';

/**
 * Every failure that leaves the server: a stable code for programs, a sentence that says what was wrong,
 * and a sentence that says what to do. Never a stack trace.
 */
export const errorResponseSchema = z.object({
  code: z.string(),
  message: z.string(),
  /** What the user can do about it. */
  advice: z.string().optional(),
  /** The request field at fault, as a dotted path. */
  field: z.string().optional(),
});

export type ErrorResponse = z.infer<typeof errorResponseSchema>;
