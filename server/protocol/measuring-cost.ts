import * as z from 'zod';

/** Between the first and the third quartile of what was timed. */
const rangeSchema = z.object({ least: z.number(), most: z.number() });

/** So many of something, each of which took so long: the median, and the middle half; absent in results that are older. */
const partSchema = z.object({ count: z.int(), microsEach: z.number(), microsRange: rangeSchema.optional() });

/**
 * What a recording cost the operations that it recorded, as estimated in the recording process itself. Shares are of the
 * operations' wall time, 0 to 1.
 */
export const measuringCostSchema = z.object({
  share: z.number(),
  /** From the quartiles of the parts; absent in results that are older than them. */
  shareRange: rangeSchema.optional(),
  samplingRange: rangeSchema.optional(),
  phasesRange: rangeSchema.optional(),
  /** What it leaves out, in words. */
  note: z.string().optional(),
  /** Of it the samples, and the phases and statements; absent in results that are older than them. */
  samplingShare: z.number().optional(),
  phasesShare: z.number().optional(),
  /** Those that interrupted work: one that falls into waiting costs an operation nothing. */
  samples: partSchema,
  /** Beginnings and ends of operations and phases. */
  borders: partSchema,
  /** SQL statements that were observed. */
  statements: partSchema.optional(),
  /** Marks between the samples of a heap. */
  marks: partSchema.optional(),
});

/** The same of a process that was recorded from outside, as a share of the recording: nobody records phases there. */
export const recordingCostSchema = measuringCostSchema.pick({
  share: true,
  shareRange: true,
  note: true,
  samples: true,
});

/**
 * The same of a tool that executes the operations in a process of its own, as the difference to operations with the same
 * inputs that were executed right before and right behind it without the tool.
 */
export const comparedCostSchema = z.object({
  /** Of the operations' wall time, 0 to 1: 0 where they were no slower under the tool. */
  share: z.number(),
  compared: z.object({
    /** So many of each execution: the first ones. */
    operations: z.int(),
    /** Medians of their wall times. */
    underToolMicros: z.number(),
    beforeMicros: z.number(),
    behindMicros: z.number(),
  }),
});

export type CostRange = z.infer<typeof rangeSchema>;
export type CostPart = z.infer<typeof partSchema>;
export type ComparedCost = z.infer<typeof comparedCostSchema>;
export type RecordingCost = z.infer<typeof recordingCostSchema>;
export type MeasuringCost = z.infer<typeof measuringCostSchema>;
