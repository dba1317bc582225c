import * as z from 'zod';

/** A handler as the pickers show it. */
export const handlerInfoSchema = z.object({
  name: z.string(),
  kind: z.enum(['command', 'query']),
  /** One sentence: what the handler answers or does. */
  summary: z.string(),
  /** One sentence: what executing it changes for good. Absent for a handler that changes nothing. */
  effect: z.string().optional(),
});

export type HandlerInfo = z.infer<typeof handlerInfoSchema>;
