import * as z from 'zod';

/** What an external tool had to do with a profile. */
export const toolReportSchema = z.object({
  /** `Clinic Doctor`. */
  name: z.string(),
  version: z.string(),
  /** What it concludes, a sentence each; empty for a tool that only draws. */
  verdict: z.array(z.string()),
});
