import path from 'node:path';
import { FILE_FORMATS } from '../profiling/formats/file-format.ts';
import type { OpenedProfile } from '../profiling/formats/read-profile.ts';
import { type HottestFunction, hottestFunctions } from '../profiling/hottest-functions.ts';
import { amount, counted, millis, percent } from '../protocol/figures.ts';
import type { Profile } from '../protocol/profile/profile.ts';
import { table } from '../protocol/table.ts';
import { placeOf } from './place-of.ts';

const FUNCTIONS = 15;
const TEXT_COLUMNS = [3, 4];

/** What a file holds, as text for a terminal: its format, its extent, and the functions that took most themselves. */
export function convertReport(file: string, { format, profile }: OpenedProfile): string {
  const { samples, nodes, operations, title } = profile;
  const name = path.basename(file);
  const captured = samples.captured.reduce((sum, one) => sum + one, 0);
  const lines = [
    `${name}: ${FILE_FORMATS[format]}${title === '' || title === name ? '' : `, "${onOneLine(title)}"`}`,
    `${extent(profile)}, ${counted(captured, 'sample')} on ${counted(nodes.length, 'node')}${interval(profile)}`,
    ...(operations.length > 0 ? [`${counted(operations.length, 'operation')} with their phases`] : []),
  ];
  const hottest = hottestFunctions(profile, FUNCTIONS);
  if (hottest.length === 0) return [...lines, 'No samples: there are no functions to show.'].join('\n');
  const unit = UNIT_NAMES[profile.unit];
  const head = [`self ${unit}`, `total ${unit}`, 'share', 'function', 'source'];
  return [
    ...lines,
    '',
    table(
      head,
      hottest.map((hot) => row(hot, profile)),
      TEXT_COLUMNS,
    ),
  ].join('\n');
}

/** The same for programs. */
export function convertSummary({ format, profile }: OpenedProfile, notes: readonly string[]): object {
  const { title, source, unit, startedAt, durationMicros, samplingIntervalMicros } = profile;
  return {
    format,
    title,
    source,
    unit,
    startedAt,
    duration: durationMicros,
    samplingInterval: samplingIntervalMicros,
    samples: profile.samples.captured.reduce((sum, one) => sum + one, 0),
    nodes: profile.nodes.length,
    operations: profile.operations.length,
    functions: hottestFunctions(profile, FUNCTIONS),
    notes,
  };
}

const UNIT_NAMES: Readonly<Record<Profile['unit'], string>> = {
  microseconds: 'ms',
  bytes: 'KiB',
  samples: 'samples',
};

function extent({ unit, durationMicros, startedAt }: Profile): string {
  const total = `${inUnit(durationMicros, unit)} ${UNIT_NAMES[unit]}`;
  return startedAt === '' ? total : `${total} from ${startedAt}`;
}

function interval({ unit, sampleDistanceMicros }: Profile): string {
  if (unit !== 'microseconds' || sampleDistanceMicros === 0) return '';
  return `, one every ${millis(sampleDistanceMicros)} ms`;
}

function row(hot: HottestFunction, { unit }: Profile): string[] {
  return [
    inUnit(hot.self, unit),
    inUnit(hot.total, unit),
    percent(hot.share),
    onOneLine(hot.name),
    onOneLine(sourceOf(hot)),
  ];
}

/** A URL that would have to be decoded may be none of a file: files of others are shown as they are named. */
function sourceOf(hot: HottestFunction): string {
  return /^file:\/\/\/[^%?#]*$/.test(hot.file) || !hot.file.startsWith('file:')
    ? placeOf(hot)
    : `${hot.file}:${hot.line}`;
}

const LONGEST = 100;

/** Names come from the file: one may hold a megabyte, or what a terminal takes for an order. */
function onOneLine(text: string): string {
  const plain = text.slice(0, LONGEST + 1).replaceAll(/\p{C}/gu, '�');
  return plain.length > LONGEST ? `${plain.slice(0, LONGEST).toWellFormed()}…` : plain;
}

function inUnit(value: number, unit: Profile['unit']): string {
  if (unit === 'microseconds') return millis(value);
  return amount(unit === 'bytes' ? value / 1024 : value);
}
