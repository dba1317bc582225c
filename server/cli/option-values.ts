import { withoutPasswords } from '../lib/describe-error.ts';
import { parseRunRequest } from '../protocol/parse-run-request.ts';
import type { ProfileRequest, SeedRequest } from '../protocol/run.ts';
import { type StopValues, stopOf } from './stop-values.ts';
import { UsageError } from './usage-error.ts';

export interface StartValues {
  readonly port?: string;
  readonly databaseUrl?: string;
  readonly seed?: string;
  readonly events?: string;
}

export interface ProfileValues extends StopValues {
  readonly collector?: string;
  readonly heapObjects?: string;
  readonly samplingInterval?: string;
  readonly seed?: string;
  readonly snapshots?: string;
  /** JSON text. */
  readonly input?: string;
}

const MAX_PORT = 65_535;

/** The port to listen on, 0 for a free one; undefined leaves it to the server. @throws UsageError */
export function portOf({ port }: StartValues): number | undefined {
  if (port === undefined) return undefined;
  const number = numberOrText(port);
  if (typeof number === 'number' && Number.isInteger(number) && number >= 0 && number <= MAX_PORT)
    return number;
  throw new UsageError(
    `--port must be a whole number from 0 to ${MAX_PORT}; ${JSON.stringify(port)} was given.`,
    'Leave --port out for the port of the last start, or a free one.',
  );
}

/**
 * What an empty event store is filled with. A database of the user's own is filled only when --events or --seed
 * asks for it, and --events 0 never fills. @throws UsageError
 */
export function seedOf({ databaseUrl, events, seed }: StartValues): SeedRequest | undefined {
  if (events === '0') return undefined;
  if (databaseUrl !== undefined && events === undefined && seed === undefined) return undefined;
  const request = checked({ kind: 'seed', events: numberOrText(events), seed: numberOrText(seed) });
  return request.kind === 'seed' ? request : undefined;
}

/** @throws UsageError */
export function profileRequestOf(handler: string, values: ProfileValues): ProfileRequest {
  const request = checked({
    kind: 'profile',
    handler,
    collector: values.collector,
    heapObjects: values.heapObjects,
    iterations: numberOrText(values.iterations),
    stop: stopOf(values),
    samplingIntervalMicros: numberOrText(values.samplingInterval),
    seed: numberOrText(values.seed),
    snapshots: values.snapshots,
    input: inputOf(values.input),
  });
  if (request.kind !== 'profile') throw new TypeError('The schema gave another kind of request back');
  return request;
}

const flags: Readonly<Record<string, string>> = {
  iterations: '--iterations',
  collector: '--collector',
  heapObjects: '--heap-objects',
  'stop.seconds': '--duration',
  'stop.millis': '--until-slower-than',
  'stop.maxSeconds': '--max-duration',
  samplingIntervalMicros: '--sampling-interval',
  seed: '--seed',
  events: '--events',
  handler: '<handler>',
  input: '--input',
  snapshots: '--snapshots',
};

function inputOf(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UsageError(
      `--input must be a JSON object; what was given is not JSON: ${withoutPasswords(reasonOf(error))}.`,
      `Put it into single quotes, such as --input '{"readerID":"…"}'.`,
    );
  }
}

function checked(input: Readonly<Record<string, unknown>>) {
  const given = Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined));
  const parsed = parseRunRequest(given);
  if (parsed.ok) return parsed.request;
  const { message, advice = '', field = '' } = parsed.error;
  const flag = flags[field] ?? field;
  const sentence = message.replace(field, flag);
  if (field !== 'events') throw new UsageError(sentence, advice.replace(field, flag));
  // A request for no events is never made, so its schema does not know of 0.
  throw new UsageError(
    sentence.replace('from 1 to', 'from 0 to'),
    `${advice.replace(field, flag)} 0 fills nothing.`,
  );
}

/** V8's sentence, with the place where the text ends being JSON. */
function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** What does not look like a number stays text, so that the sentence shows what was typed. */
export function numberOrText(text: string | undefined): number | string | undefined {
  return text !== undefined && /^[+-]?\d+(\.\d+)?(e\d+)?$/i.test(text) ? Number(text) : text;
}
