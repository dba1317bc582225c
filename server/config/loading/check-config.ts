import path from 'node:path';
import type * as z from 'zod';
import { InvalidSettingError } from '../../handling/retrying/invalid-setting-error.ts';
import { retrySettings } from '../../handling/retrying/retry-settings.ts';
import { EXAMPLE_HANDLERS } from '../../workload/example-handler-list.ts';
import { ConfigError } from '../config-error.ts';
import { type ConfigPath, lineInConfig } from './config-lines.ts';
import { type CheckedConfig, configSchema, fieldsAt } from './config-schema.ts';
import { didYouMean } from './nearest-name.ts';

/**
 * Checks what a config file exports.
 * @throws ConfigError that names file, line and field
 */
export function checkConfig(value: unknown, file: string): CheckedConfig {
  const parsed = configSchema.safeParse(value);
  if (!parsed.success) throw faultOf(parsed.error.issues, file);
  const config = parsed.data;
  refuseSameNames(config, file);
  refuseWrongRetries(config, file);
  return config;
}

export interface FieldFault {
  readonly path: ConfigPath;
  /** What is wrong, as the end of a sentence that begins with the field and a colon. */
  readonly reason: string;
  readonly code?: string;
  readonly advice?: string;
  readonly cause?: unknown;
}

/** `eventstore-profiler.config.ts:7 handlers[0].export: …` */
export function fieldFault(file: string, { path: at, reason, code, advice, cause }: FieldFault): ConfigError {
  const line = lineInConfig(file, at);
  const field = shownField(at);
  const place = line === undefined ? path.basename(file) : `${path.basename(file)}:${line}`;
  return new ConfigError(code ?? 'invalid_config', `${place}${field && ` ${field}`}: ${reason}`, {
    ...(advice !== undefined && { advice }),
    ...(field !== '' && { field }),
    cause,
  });
}

function faultOf(issues: readonly z.core.$ZodIssue[], file: string): ConfigError {
  // A mistyped name is why another field seems to be missing.
  const mistyped = issues.findIndex((issue) => fieldFaultOf(issue).reason.includes('did you mean'));
  const ordered = mistyped === -1 ? issues : [issues[mistyped], ...issues.toSpliced(mistyped, 1)];
  const [first, ...others] = ordered.flatMap((issue) => (issue ? [fieldFaultOf(issue)] : []));
  const { path: at, reason } = first ?? { path: [], reason: 'it is not what a config can be' };
  const more =
    others.length === 0
      ? ''
      : ` (${others.length} more ${others.length === 1 ? 'field is' : 'fields are'} wrong.)`;
  return fieldFault(file, { path: at, reason: `${withStop(reason)}${more}` });
}

function fieldFaultOf(issue: z.core.$ZodIssue): FieldFault {
  if (issue.code !== 'unrecognized_keys') return { path: issue.path, reason: issue.message };
  const key = issue.keys[0] ?? '';
  const fields = fieldsAt(issue.path);
  return { path: [...issue.path, key], reason: `there is no such field${didYouMean(key, fields)}` };
}

function withStop(reason: string): string {
  return /[.?]$/.test(reason) ? reason : `${reason}.`;
}

function shownField(at: ConfigPath): string {
  return at
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
    .replace(/^\./, '');
}

function refuseSameNames({ handlers, examples }: CheckedConfig, file: string): void {
  const taken = new Map<string, string>();
  if (examples) for (const { name } of EXAMPLE_HANDLERS) taken.set(name.toLowerCase(), 'an example handler');
  for (const [index, { name }] of handlers.entries()) {
    const other = taken.get(name.toLowerCase());
    if (other !== undefined) {
      const way = other === 'an example handler' ? ' Choose another, or set examples: false.' : '';
      const reason = `'${name}' is the name of ${other} already.${way}`;
      throw fieldFault(file, { path: ['handlers', index, 'name'], reason });
    }
    taken.set(name.toLowerCase(), `handlers[${index}]`);
  }
}

function refuseWrongRetries({ retries }: CheckedConfig, file: string): void {
  try {
    retrySettings(withoutUndefined(retries));
  } catch (error) {
    if (!(error instanceof InvalidSettingError)) throw error;
    const field = error.field ?? '';
    throw fieldFault(file, { path: ['retries', field], reason: error.message, cause: error });
  }
}

/** What is there but undefined counts as left out. */
export function withoutUndefined<Value>(
  fields: Readonly<Record<string, Value | undefined>> = {},
): Record<string, Value> {
  const given = Object.entries(fields).filter((entry): entry is [string, Value] => entry[1] !== undefined);
  return Object.fromEntries(given);
}
