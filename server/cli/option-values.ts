import { withoutPasswords } from '../lib/describe-error.ts';
import type { ProfileRequest, SeedRequest } from '../protocol/run.ts';
import { timeIn } from './duration-value.ts';
import { numberOrText } from './number-value.ts';
import { type OptionNames, requestFrom } from './request-from.ts';
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
  return requestFrom('seed', { events: numberOrText(events), seed: numberOrText(seed) }, SEED_NAMES);
}

const SEED_NAMES: OptionNames = {
  events: { flag: '--events', advice: 'Leave --events out for 50,000; 0 fills nothing.' },
  seed: { flag: '--seed' },
};

/** @throws UsageError */
export function profileRequestOf(handler: string, values: ProfileValues): ProfileRequest {
  const { samplingInterval } = values;
  const fields = {
    handler,
    collector: values.collector,
    heapObjects: values.heapObjects,
    iterations: numberOrText(values.iterations),
    stop: stopOf(values),
    samplingIntervalMicros:
      samplingInterval === undefined ? undefined : timeIn('us', '--sampling-interval', samplingInterval),
    seed: numberOrText(values.seed),
    snapshots: values.snapshots,
    input: inputOf(values.input),
  };
  return requestFrom('profile', fields, PROFILE_NAMES);
}

const PROFILE_NAMES: OptionNames = {
  handler: { flag: '<handler>' },
  collector: { flag: '--collector' },
  heapObjects: { flag: '--heap-objects' },
  iterations: { flag: '--iterations' },
  'stop.seconds': { flag: '--duration', unit: 's' },
  'stop.millis': { flag: '--until-slower-than', unit: 'ms' },
  'stop.maxSeconds': { flag: '--max-duration', unit: 's' },
  samplingIntervalMicros: { flag: '--sampling-interval', unit: 'us' },
  seed: { flag: '--seed' },
  snapshots: { flag: '--snapshots' },
  input: { flag: '--input' },
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

/** V8's sentence, with the place where the text ends being JSON. */
function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
