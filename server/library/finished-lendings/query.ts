import * as z from 'zod';

export const finishedLendingsSchema = z
  .strictObject({
    /** By the time of the return: the oldest first, or the latest first. */
    order: z.enum(['asc', 'desc']).default('asc'),
    /** All of them when it is left out. */
    maxResults: z.int().min(1).optional(),
  })
  .readonly();

/** Asks for the lendings that are over, or the first so many of them. */
export type FinishedLendingsQuery = z.infer<typeof finishedLendingsSchema>;
