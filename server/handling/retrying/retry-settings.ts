import { shownValue } from '../input/shown-value.ts';
import { InvalidSettingError } from './invalid-setting-error.ts';

/** How often and how patiently a failed operation is tried again; see `retryDelay` for the formula. */
export interface RetrySettings {
  /** Of executions, the first one included: 1 to 100. */
  readonly attempts: number;
  /** Before the first retry, in milliseconds. */
  readonly baseDelayMs: number;
  /** By which the delay grows from one retry to the next: 1 to 10. */
  readonly factor: number;
  /** The part of a delay that chance may add or take away: 0 to 1. */
  readonly jitter: number;
  /** No delay is longer, in milliseconds; up to 10 minutes. */
  readonly maxDelayMs: number;
}

export const defaultRetrySettings: RetrySettings = {
  attempts: 6,
  baseDelayMs: 10,
  factor: 2,
  jitter: 0.3,
  maxDelayMs: 1_000,
};

/**
 * The settings to retry by: of the environment, else of the configuration, else the defaults. An operator can so change
 * what a file says without changing the file.
 *
 * `MAX_RETRIES` counts the retries, not the first attempt: 0 turns retrying off, 5 is the default of 6 attempts.
 * `RETRY_BASE_DELAY` and `RETRY_MAX_DELAY` are such as `10ms`, `1.5s`, `1m`, or milliseconds without a unit. An empty
 * variable counts as not set.
 * @throws InvalidSettingError that names the variable or the field
 */
export function retrySettings(
  configured: Partial<RetrySettings> = {},
  environment: Readonly<Record<string, string | undefined>> = {},
): RetrySettings {
  const fromEnvironment = {
    attempts: variable(environment, 'MAX_RETRIES', (text) => retries(text) + 1),
    baseDelayMs: variable(environment, 'RETRY_BASE_DELAY', duration),
    maxDelayMs: variable(environment, 'RETRY_MAX_DELAY', duration),
  };
  const settings = { ...defaultRetrySettings, ...given(configured), ...given(fromEnvironment) };
  for (const [field, [least, most]] of Object.entries(ranges)) {
    refuseOutside(
      { field, value: Reflect.get(settings, field), least, most },
      nameOf(field, fromEnvironment),
    );
  }
  if (!Number.isInteger(settings.attempts)) {
    throw new InvalidSettingError(`attempts must be a whole number; ${settings.attempts} was given.`, {
      advice: `Leave it out for ${defaultRetrySettings.attempts}.`,
      field: 'attempts',
    });
  }
  refuseDelaysInReverse(settings, fromEnvironment);
  return settings;
}

const ranges: Readonly<Record<keyof RetrySettings, readonly [number, number]>> = {
  attempts: [1, 100],
  baseDelayMs: [0, 600_000],
  factor: [1, 10],
  jitter: [0, 1],
  maxDelayMs: [0, 600_000],
};

const variableOf: Readonly<Record<string, string>> = {
  attempts: 'MAX_RETRIES',
  baseDelayMs: 'RETRY_BASE_DELAY',
  maxDelayMs: 'RETRY_MAX_DELAY',
};

type Parsed = Readonly<Record<string, number | undefined>>;

function variable(
  environment: Readonly<Record<string, string | undefined>>,
  name: string,
  parse: (text: string) => number,
): number | undefined {
  const text = environment[name]?.trim();
  if (text === undefined || text === '') return undefined;
  const value = parse(text);
  if (!Number.isNaN(value)) return value;
  throw new InvalidSettingError(
    `${name} must be ${name === 'MAX_RETRIES' ? 'a whole number' : 'a duration such as 10ms, 1.5s or 10'}; ` +
      `${shownValue(text)} was given.`,
    { advice: `Change the environment variable ${name}, or unset it for the default.`, field: name },
  );
}

function retries(text: string): number {
  return /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
}

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000 };

function duration(text: string): number {
  const [, digits = '', unit = 'ms'] = /^(\d{1,9}(?:\.\d{1,9})?)\s*(ms|s|m)?$/i.exec(text) ?? [];
  return digits === '' ? Number.NaN : Number(digits) * (unitMs[unit.toLowerCase()] ?? 1);
}

/** A field that is there but undefined must not hide what stands behind it. */
function given(fields: Parsed): Parsed {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

interface Bounded {
  readonly field: string;
  readonly value: unknown;
  readonly least: number;
  readonly most: number;
}

function refuseOutside({ field, value, least, most }: Bounded, name: string): void {
  if (typeof value === 'number' && value >= least && value <= most) return;
  // The variable counts retries, the field attempts.
  const less = name === 'MAX_RETRIES' ? 1 : 0;
  const shown = typeof value === 'number' ? value - less : shownValue(value);
  const unit = field.endsWith('Ms') ? ' ms' : '';
  throw new InvalidSettingError(
    `${name} must be from ${least - less} to ${most - less}${unit}; ${shown}${unit} was given.`,
    { advice: `Change ${name}, or leave it out for the default.`, field: name },
  );
}

function refuseDelaysInReverse({ baseDelayMs, maxDelayMs }: RetrySettings, fromEnvironment: Parsed): void {
  if (baseDelayMs <= maxDelayMs) return;
  const [base, max] = [nameOf('baseDelayMs', fromEnvironment), nameOf('maxDelayMs', fromEnvironment)];
  throw new InvalidSettingError(
    `${base}, ${baseDelayMs} ms, must not be longer than ${max}, ${maxDelayMs} ms.`,
    { advice: `Lower ${base}, or raise ${max}.`, field: base },
  );
}

function nameOf(field: string, fromEnvironment: Parsed): string {
  return fromEnvironment[field] === undefined ? field : (variableOf[field] ?? field);
}
