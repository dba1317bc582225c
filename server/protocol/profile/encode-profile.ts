import type { Profile } from './profile.ts';
import { aligned, FORMAT_VERSION, MAGIC, PREAMBLE_BYTES, type ProfileHeader } from './profile-format.ts';

/**
 * A profile as one buffer: preamble (magic, version, bytes of the header), header (JSON), then every column of
 * every table in the order of their declaration. `decodeProfile` reads it without copying the columns.
 */
export function encodeProfile(profile: Profile): ArrayBuffer {
  const header = new TextEncoder().encode(JSON.stringify(headerOf(profile)));
  const columns = columnsOf(profile);
  const buffer = new ArrayBuffer(
    columns.reduce((end, column) => aligned(end) + column.byteLength, PREAMBLE_BYTES + header.byteLength),
  );
  new Uint32Array(buffer, 0, 3).set([MAGIC, FORMAT_VERSION, header.byteLength]);
  const bytes = new Uint8Array(buffer);
  bytes.set(header, PREAMBLE_BYTES);
  let end = PREAMBLE_BYTES + header.byteLength;
  for (const column of columns) {
    const start = aligned(end);
    bytes.set(new Uint8Array(column.buffer, column.byteOffset, column.byteLength), start);
    end = start + column.byteLength;
  }
  return buffer;
}

function headerOf(profile: Profile): ProfileHeader {
  const { title, source, unit, startedAt, durationMicros, samplingIntervalMicros, strings } = profile;
  const { frames, nodes, samples, operations } = profile;
  return {
    title,
    source,
    unit,
    startedAt,
    durationMicros,
    samplingIntervalMicros,
    sampleDistanceMicros: profile.sampleDistanceMicros,
    strings,
    rows: {
      frames: frames.length,
      nodes: nodes.length,
      samples: samples.length,
      operations: operations.length,
    },
  };
}

function columnsOf({ frames, nodes, samples, operations }: Profile): readonly ArrayBufferView[] {
  return [
    ...[frames.name, frames.file, frames.line, frames.column, frames.category],
    ...[nodes.parent, nodes.frame],
    ...[samples.time, samples.duration, samples.node, samples.operation],
    ...[samples.phase, samples.captured],
    ...[operations.handler, operations.start, operations.duration],
  ];
}
