import * as z from 'zod';

/** A file that a run has written. */
export const artifactSchema = z.object({
  /** File name inside the run's folder, also the last segment of its address. */
  name: z.string(),
  mediaType: z.string(),
  bytes: z.int().nonnegative(),
});

export type Artifact = z.infer<typeof artifactSchema>;
