import * as z from 'zod';

/** `POST /api/browser-code`: what a browser opens to be let in, good once and for a minute. It holds no token. */
export const browserAddressSchema = z.object({
  /** Path and query below the server's address. */
  url: z.string(),
});

export type BrowserAddress = z.infer<typeof browserAddressSchema>;
