import * as z from 'zod';
import { shownValue } from '../../handling/input/shown-value.ts';
import { defaultRetrySettings } from '../../handling/retrying/retry-settings.ts';
import type { HandlerConfig } from '../handler-config.ts';

type Method = (argument: never) => unknown;

const expected = (what: string) => ({
  error: ({ input }: { readonly input?: unknown }) =>
    input === undefined ? `is missing: ${what}` : `must be ${what}; ${shownValue(input)} was given`,
});

const text = (what: string, longest = 1000) =>
  z
    .string(expected(what))
    .trim()
    .min(1, expected(what))
    .max(longest, expected(`${what} of up to ${longest} characters`));

const method = z.custom<Method>((value) => typeof value === 'function', expected('a function'));

export const handlerSchema = z.strictObject(
  {
    name: text("a name such as 'OrdersOfCustomer'", 200),
    kind: z.enum(['query', 'command'], expected("'query' or 'command'")),
    summary: text('one sentence').optional(),
    effect: text('one sentence').optional(),
    module: text("a path such as './src/orders.ts'"),
    export: text("the name of an export such as 'ordersOfCustomer'").default('default'),
    prepare: method.optional(),
    input: z.unknown().optional(),
    cleanUp: method.optional(),
    timeoutMs: z
      .int(expected('a whole number of milliseconds'))
      .min(1, expected('at least 1 millisecond'))
      .max(86_400_000, expected('at most 86,400,000 milliseconds, a day'))
      .default(60_000),
  },
  expected('an object such as { name, kind, module, export, input }'),
);

// `process.env.DATABASE_URL` of a shell that unsets by setting nothing.
const emptyIsUnset = (value: unknown) => (value === '' ? undefined : value);

const POSTGRES_URL = 'a URL such as postgres://user:password@host:5432/database';

// A scheme alone is shown of it: the rest may hold a password. Without one it is the folder of a socket, as `pg` has it.
const databaseUrl = text(POSTGRES_URL).refine(
  (url) => /^(?:postgres(?:ql)?|socket):/i.test(url) || !/^[a-z][a-z\d+.-]*:/i.test(url),
  { error: ({ input }) => `must be ${POSTGRES_URL}; one of ${String(input).split(':', 1)[0]}: was given` },
);

const retry = z.number(expected('a number')).optional();

/** What a config file exports, checked; what is wrong is said as the end of a sentence that begins with the field. */
export const configSchema = z.strictObject(
  {
    database: z
      .strictObject(
        { url: z.preprocess(emptyIsUnset, databaseUrl.optional()) },
        expected('an object such as { url }'),
      )
      .default({}),
    handlers: z.array(handlerSchema, expected('a list of handlers')).default([]),
    retries: z
      .strictObject(
        { attempts: retry, baseDelayMs: retry, factor: retry, jitter: retry, maxDelayMs: retry },
        expected('an object such as { attempts: 6 }'),
      )
      .optional(),
    examples: z.boolean(expected('true or false')).default(true),
  },
  expected('an object: export default defineConfig({ … })'),
);

export type CheckedConfig = z.infer<typeof configSchema>;
export type CheckedHandler = z.infer<typeof handlerSchema>;

/** What may stand in each object of a config, for who mistypes a name. */
export function fieldsAt(path: readonly PropertyKey[]): readonly string[] {
  const [first] = path;
  if (first === undefined) return Object.keys(configSchema.shape);
  if (first === 'handlers')
    return Object.keys(handlerSchema.shape) satisfies (keyof HandlerConfig | string)[];
  return first === 'database' ? ['url'] : Object.keys(defaultRetrySettings);
}
