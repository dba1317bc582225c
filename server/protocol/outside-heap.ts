import * as z from 'zod';

const usedSchema = z.object({
  /** All of it, in bytes. */
  external: z.number(),
  /** The part of it that Buffers and ArrayBuffers hold. */
  arrayBuffers: z.number(),
});

/** Memory that objects of the heap hold outside of it: Buffers, ArrayBuffers, and what native code keeps. */
export const outsideHeapSchema = z.object({
  /** Garbage not counted. */
  before: usedSchema,
  after: usedSchema,
  /** The most that was seen of `external` at borders of phases. */
  peak: z.number(),
});

export type OutsideHeap = z.infer<typeof outsideHeapSchema>;
