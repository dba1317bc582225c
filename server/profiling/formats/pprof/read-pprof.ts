import { ProfileFormatError } from '../../../protocol/profile/profile-format-error.ts';
import { chooseProfile } from '../choose-profile.ts';
import type { FileCapture, ReadOptions } from '../file-capture.ts';
import { MAX_DEPTH, MAX_INLINED, tooDeep, tooManyInlined } from '../limits.ts';
import { StackBuilder } from '../stack-builder.ts';
import { framesByLocation } from './pprof-frames.ts';
import { PprofTables } from './pprof-tables.ts';
import { pprofUnit } from './pprof-units.ts';
import { ProtobufReader } from './protobuf-reader.ts';

/**
 * Reads pprof (`perftools.profiles.Profile` as protocol buffers, already unpacked). A file counts its stacks in several
 * ways (CPU time and samples, bytes and objects): the one that the file prefers is taken, else the last, as pprof does;
 * the others are told.
 *
 * Read by hand: the library `pprof-format` makes several objects for each sample and takes a file that was cut off for a
 * whole one.
 */
export function readPprof(bytes: Uint8Array, options: ReadOptions): FileCapture {
  const tables = new PprofTables(bytes);
  const column = chooseValue(tables, options);
  const type = tables.valueTypes[column];
  const { unit, factor } = pprofUnit(tables.text(type?.unit ?? 0));
  const builder = new StackBuilder('sample');
  const frames = framesByLocation(tables, builder.callFrames);
  // A location may be many inlined functions: few bytes of file can name as many frames as they like.
  let inlined = 0;
  for (let sample = 0; sample < tables.sampleStarts.length; sample++) {
    inlined += addSample(sample, { tables, column, factor, builder, frames });
    if (inlined > MAX_INLINED) throw tooManyInlined('sample');
  }
  return {
    stacks: builder.weighed('sample'),
    facts: {
      title: options.name,
      startedAt: startOf(tables),
      source: 'pprof',
      unit,
      ...periodOf(tables, unit),
    },
  };
}

function chooseValue(tables: PprofTables, options: ReadOptions): number {
  const { valueTypes, sampleStarts } = tables;
  const [first, ...rest] = valueTypes.map(({ type, unit }, index) => ({
    value: index,
    name: `${tables.text(type)} in ${tables.text(unit)}`,
    samples: sampleStarts.length,
  }));
  if (first === undefined) {
    throw new ProfileFormatError('sample_type', 'the file does not say what its samples count', {
      advice: 'It may be of another kind than pprof, or cut off. Record the profile again.',
    });
  }
  const { defaultType } = tables;
  const preferred = defaultType === 0 ? -1 : valueTypes.findIndex(({ type }) => type === defaultType);
  return chooseProfile([first, ...rest], options, preferred === -1 ? valueTypes.length - 1 : preferred);
}

interface SampleReading {
  readonly tables: PprofTables;
  readonly column: number;
  readonly factor: number;
  readonly builder: StackBuilder;
  readonly frames: ReadonlyMap<number, readonly number[]>;
}

/** How many more functions its stack has than locations. */
function addSample(sample: number, { tables, column, factor, builder, frames }: SampleReading): number {
  const where = `sample[${sample}]`;
  const { sampleStarts, sampleEnds, valueTypes } = tables;
  const reader = new ProtobufReader(tables.bytes, sampleStarts.values[sample], sampleEnds.values[sample]);
  const locations: number[] = [];
  let weight = 0;
  let values = 0;
  while (reader.next()) {
    if (reader.field === 1) reader.naturals(`${where}.location_id`, (id) => locations.push(id));
    else if (reader.field === 2) {
      reader.naturals(`${where}.value`, (value) => {
        if (values++ === column) weight = value * factor;
      });
    } else reader.skip();
  }
  if (values !== valueTypes.length) {
    throw new ProfileFormatError(
      `${where}.value`,
      `${values} values do not belong to ${valueTypes.length} types`,
    );
  }
  let node = 0;
  let depth = 0;
  // The innermost location stands first.
  for (const id of locations.reverse()) {
    const stack = frames.get(id);
    if (stack === undefined)
      throw new ProfileFormatError(`${where}.location_id`, `there is no location ${id}`);
    depth += stack.length;
    if (depth > MAX_DEPTH) throw tooDeep(where);
    for (const frame of stack) node = builder.child(node, frame);
  }
  builder.addSample(node, weight);
  return Math.max(0, depth - locations.length);
}

/** Empty for a time that no clock shows. */
function startOf({ timeNanos }: PprofTables): string {
  const date = new Date(timeNanos / 1e6);
  return timeNanos > 0 && Number.isFinite(date.getTime()) ? date.toISOString() : '';
}

function periodOf(tables: PprofTables, unit: string): { readonly samplingIntervalMicros?: number } {
  const { periodType, period } = tables;
  if (periodType === undefined || period >= 2 ** 63) return {};
  const told = pprofUnit(tables.text(periodType.unit));
  return told.unit === unit ? { samplingIntervalMicros: period * told.factor } : {};
}
