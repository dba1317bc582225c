import { PROFILE_SOURCES, PROFILE_UNITS } from './profile.ts';
import { PROFILE_TABLES, type ProfileHeader, type ProfileTable } from './profile-format.ts';
import { ProfileFormatError } from './profile-format-error.ts';

/** Larger tables could not be indexed by the 32-bit columns that point into them. */
const MAX_ROWS = 2 ** 31 - 1;

/** Reads and checks the JSON header of an encoded profile; by hand, so that a picture needs no schema library. */
export function readProfileHeader(bytes: Uint8Array): ProfileHeader {
  const header = parse(bytes);
  return {
    title: text(header, 'title'),
    source: oneOf(header, 'source', PROFILE_SOURCES),
    ...(header['unit'] === undefined ? {} : { unit: oneOf(header, 'unit', PROFILE_UNITS) }),
    startedAt: text(header, 'startedAt'),
    durationMicros: amount(header, 'durationMicros'),
    samplingIntervalMicros: amount(header, 'samplingIntervalMicros'),
    ...(header['sampleDistanceMicros'] === undefined
      ? {}
      : { sampleDistanceMicros: amount(header, 'sampleDistanceMicros') }),
    strings: texts(header['strings']),
    rows: rowCounts(header['rows']),
  };
}

type Json = Readonly<Record<string, unknown>>;

function parse(bytes: Uint8Array): Json {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new ProfileFormatError('header', 'it is no JSON', { cause });
  }
  return object('header', value);
}

function object(where: string, value: unknown): Json {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json;
  throw new ProfileFormatError(where, 'it is no object');
}

function text(header: Json, field: string): string {
  const value = header[field];
  if (typeof value === 'string') return value;
  throw new ProfileFormatError(`header.${field}`, 'it is no text');
}

function oneOf<T extends string>(header: Json, field: string, known: readonly T[]): T {
  const value = known.find((name) => name === header[field]);
  if (value !== undefined) return value;
  throw new ProfileFormatError(`header.${field}`, `${JSON.stringify(header[field])} is no known ${field}`);
}

function amount(header: Json, field: string): number {
  const value = header[field];
  if (typeof value === 'number' && value >= 0) return value;
  throw new ProfileFormatError(`header.${field}`, 'it is no number from 0 on');
}

function texts(value: unknown): readonly string[] {
  if (!Array.isArray(value)) throw new ProfileFormatError('header.strings', 'it is no list');
  const stranger = value.findIndex((entry) => typeof entry !== 'string');
  if (stranger !== -1) throw new ProfileFormatError(`header.strings[${stranger}]`, 'it is no text');
  if (value[0] !== '') throw new ProfileFormatError('header.strings[0]', 'it is not the empty text');
  return value;
}

function rowCounts(value: unknown): Record<ProfileTable, number> {
  const rows = object('header.rows', value);
  const count = (table: ProfileTable) => {
    const number = rows[table];
    if (typeof number === 'number' && Number.isInteger(number) && number >= 0 && number <= MAX_ROWS)
      return number;
    throw new ProfileFormatError(`header.rows.${table}`, `${JSON.stringify(number)} is no number of rows`);
  };
  const [frames, nodes, samples, operations] = PROFILE_TABLES;
  return {
    frames: count(frames),
    nodes: count(nodes),
    samples: count(samples),
    operations: count(operations),
  };
}
