import * as z from 'zod';
import type { FromPanelMessage } from '../../server/protocol/panel-messages.ts';

/** What a panel may say. A page is the outside: whatever else it sends is refused. */
export const fromPanelSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready') }),
  z.object({ type: z.literal('drawn'), boxes: z.number(), milliseconds: z.number() }),
  z.object({ type: z.literal('show-thread'), thread: z.string() }),
  z.object({
    type: z.literal('open-source'),
    frame: z.int().nonnegative(),
    thread: z.string().nullable(),
  }),
  z.object({ type: z.literal('copy'), text: z.string() }),
  z.object({ type: z.literal('error'), message: z.string() }),
]) satisfies z.ZodType<FromPanelMessage>;
