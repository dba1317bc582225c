import { gzipSync } from 'node:zlib';
import { NO_PHASE, PHASES } from '../../../protocol/phase.ts';
import { UNSAMPLED } from '../../../protocol/profile/call-tree.ts';
import type { Profile, ProfileUnit } from '../../../protocol/profile/profile.ts';
import { StringTable } from '../../frame-table-builder.ts';
import { sourceFrame } from '../told-stacks.ts';
import { ProtobufWriter } from './protobuf-writer.ts';

/** How a unit is called in pprof, and how many of its own units one of ours is. */
const UNITS: Readonly<
  Record<ProfileUnit, { readonly type: string; readonly unit: string; readonly factor: number }>
> = {
  microseconds: { type: 'wall', unit: 'nanoseconds', factor: 1000 },
  bytes: { type: 'space', unit: 'bytes', factor: 1 },
  samples: { type: 'weight', unit: 'count', factor: 1 },
};

/**
 * A profile as pprof, packed with gzip as its readers expect. Every row is a sample, in order of time, with the number of
 * captured samples in it (1 or 0) and its width; handler and phase are labels (`pprof -tagroot=handler,phase`). A function
 * of the profile is one location. Widths are rounded to whole nanoseconds, bytes or counts, which is what pprof has.
 */
export function writePprof(profile: Profile): Uint8Array {
  const strings = new StringTable();
  const { type, unit } = UNITS[profile.unit];
  const file = new ProtobufWriter();
  file.message(1, valueType(strings.indexOf('samples'), strings.indexOf('count')));
  file.message(1, valueType(strings.indexOf(type), strings.indexOf(unit)));
  writeSamples(file, profile, strings);
  writeFunctions(file, profile, strings);
  const startedAt = Date.parse(profile.startedAt);
  if (startedAt > 0) file.natural(9, startedAt * 1e6);
  if (profile.unit === 'microseconds') file.natural(10, Math.round(profile.durationMicros * 1000));
  file.message(11, valueType(strings.indexOf(type), strings.indexOf(unit)));
  file.natural(12, Math.round(profile.samplingIntervalMicros * UNITS[profile.unit].factor));
  file.natural(14, strings.indexOf(type));
  for (const text of strings.list) file.text(6, text);
  return gzipSync(file.sink.written());
}

function valueType(type: number, unit: number): ProtobufWriter {
  const message = new ProtobufWriter();
  message.natural(1, type);
  message.natural(2, unit);
  return message;
}

/** Ids count from 1: frame 0 is location 1. The frame behind the last one is time in which no sample fell. */
function writeSamples(file: ProtobufWriter, profile: Profile, strings: StringTable): void {
  const { samples, nodes, frames } = profile;
  const { factor } = UNITS[profile.unit];
  const labels = new Labels(profile, strings);
  const sample = new ProtobufWriter();
  const locations: number[] = [];
  for (let row = 0; row < samples.length; row++) {
    locations.length = 0;
    const captured = samples.captured[row] ?? 0;
    if (captured === 0) locations.push(frames.length + 1);
    else {
      for (let node = samples.node[row] ?? 0; node > 0; node = nodes.parent[node] ?? 0) {
        locations.push((nodes.frame[node] ?? 0) + 1);
      }
    }
    sample.sink.clear();
    sample.naturals(1, locations);
    sample.naturals(2, [captured, Math.round((samples.duration[row] ?? 0) * factor)]);
    for (const label of labels.of(row)) sample.message(3, label);
    file.message(2, sample);
  }
}

/** The labels of rows in operations; each handler and phase has one. */
class Labels {
  readonly #profile: Profile;
  readonly #strings: StringTable;
  readonly #known = new Map<string, ProtobufWriter>();

  constructor(profile: Profile, strings: StringTable) {
    this.#profile = profile;
    this.#strings = strings;
  }

  of(row: number): readonly ProtobufWriter[] {
    const { samples, operations, strings } = this.#profile;
    const operation = samples.operation[row] ?? -1;
    if (operation < 0) return [];
    const handler = this.#label('handler', strings[operations.handler[operation] ?? 0] ?? '');
    const phase = PHASES[samples.phase[row] ?? NO_PHASE];
    return phase === undefined ? [handler] : [handler, this.#label('phase', phase)];
  }

  #label(key: string, text: string): ProtobufWriter {
    const name = `${key} ${text}`;
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const label = new ProtobufWriter();
    label.natural(1, this.#strings.indexOf(key));
    label.natural(2, this.#strings.indexOf(text));
    this.#known.set(name, label);
    return label;
  }
}

function writeFunctions(file: ProtobufWriter, profile: Profile, strings: StringTable): void {
  for (let frame = 0; frame <= profile.frames.length; frame++) {
    const isUnsampled = frame === profile.frames.length;
    const { name, file: source, line, column } = isUnsampled ? UNSAMPLED_FRAME : sourceFrame(profile, frame);
    const place = new ProtobufWriter();
    place.natural(1, frame + 1);
    place.natural(2, line);
    place.natural(3, column);
    const location = new ProtobufWriter();
    location.natural(1, frame + 1);
    location.message(4, place);
    file.message(4, location);
    const definition = new ProtobufWriter();
    definition.natural(1, frame + 1);
    definition.natural(2, strings.indexOf(name));
    definition.natural(3, strings.indexOf(name));
    definition.natural(4, strings.indexOf(source));
    definition.natural(5, line);
    file.message(5, definition);
  }
}

const UNSAMPLED_FRAME = { name: UNSAMPLED, file: '', line: 0, column: 0 };
