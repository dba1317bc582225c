import * as z from 'zod';
import { EXAMPLE_HANDLERS } from '../../workload/example-handler-list.ts';
import { type CheckedHandler, handlerSchema } from './config-schema.ts';

export interface UsablePart {
  readonly handlers: readonly CheckedHandler[];
  readonly examples: boolean;
}

/** Of what a config file exports and `checkConfig` has refused: the handlers that are right, and whether the examples are wanted. */
export function usablePart(value: unknown): UsablePart {
  const given = looseSchema.safeParse(value).data ?? { handlers: [], examples: true };
  const taken = new Set(given.examples ? EXAMPLE_HANDLERS.map(({ name }) => name.toLowerCase()) : []);
  const handlers: CheckedHandler[] = [];
  for (const each of given.handlers) {
    const { data: handler } = handlerSchema.safeParse(each);
    if (handler === undefined || taken.has(handler.name.toLowerCase())) continue;
    taken.add(handler.name.toLowerCase());
    handlers.push(handler);
  }
  return { handlers, examples: given.examples };
}

const looseSchema = z.looseObject({
  handlers: z.array(z.unknown()).catch([]),
  examples: z.boolean().catch(true),
});
