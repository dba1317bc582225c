import { checkProfile } from './check-profile.ts';
import type { FrameTable, NodeTable, OperationTable, Profile, SampleTable } from './profile.ts';
import { aligned, FORMAT_VERSION, MAGIC, PREAMBLE_BYTES, type ProfileHeader } from './profile-format.ts';
import { ProfileFormatError } from './profile-format-error.ts';
import { readProfileHeader } from './read-profile-header.ts';

/**
 * Reads what `encodeProfile` wrote. The columns are views on the buffer, so it must stay untouched while the
 * profile is in use. Every length and every index is checked: anything else than a whole, lawful profile is a
 * `ProfileFormatError`.
 */
export function decodeProfile(buffer: ArrayBuffer): Profile {
  const { version, headerBytes } = readPreamble(buffer);
  const header = readProfileHeader(new Uint8Array(buffer, PREAMBLE_BYTES, headerBytes));
  const columns = new ColumnReader(buffer, PREAMBLE_BYTES + headerBytes);
  const profile = readTables(header, columns, version);
  columns.expectEnd();
  checkProfile(profile);
  return profile;
}

function readPreamble(buffer: ArrayBuffer): { version: number; headerBytes: number } {
  if (buffer.byteLength < PREAMBLE_BYTES) {
    throw new ProfileFormatError('byte 0', `${buffer.byteLength} bytes are too few for a profile`);
  }
  const [magic, version = 0, headerBytes = 0] = new Uint32Array(buffer, 0, 3);
  if (magic !== MAGIC) throw new ProfileFormatError('byte 0', 'it does not begin with ESPF');
  if (version > FORMAT_VERSION) {
    throw new ProfileFormatError('byte 4', `format ${version} is newer than format ${FORMAT_VERSION}`, {
      advice: 'Update Event Store Profiler, then open the profile again.',
    });
  }
  if (version < 1) throw new ProfileFormatError('byte 4', `there is no format ${version}`);
  if (headerBytes > buffer.byteLength - PREAMBLE_BYTES) {
    throw new ProfileFormatError('byte 8', `a header of ${headerBytes} bytes does not fit into the data`);
  }
  return { version, headerBytes };
}

function readTables(header: ProfileHeader, columns: ColumnReader, version: number): Profile {
  const { rows, ...facts } = header;
  // The order of reading is the order of the file: evaluated from top to bottom.
  return {
    ...facts,
    unit: header.unit ?? 'microseconds',
    sampleDistanceMicros: header.sampleDistanceMicros ?? header.samplingIntervalMicros,
    frames: readFrames(columns, rows.frames),
    nodes: readNodes(columns, rows.nodes),
    samples: readSamples(columns, rows.samples, version),
    operations: readOperations(columns, rows.operations),
  };
}

function readFrames(columns: ColumnReader, length: number): FrameTable {
  return {
    length,
    name: columns.uint32('frames.name', length),
    file: columns.uint32('frames.file', length),
    line: columns.uint32('frames.line', length),
    column: columns.uint32('frames.column', length),
    category: columns.uint8('frames.category', length),
  };
}

function readNodes(columns: ColumnReader, length: number): NodeTable {
  return {
    length,
    parent: columns.int32('nodes.parent', length),
    frame: columns.uint32('nodes.frame', length),
  };
}

function readSamples(columns: ColumnReader, length: number, version: number): SampleTable {
  const table = {
    length,
    time: columns.float64('samples.time', length),
    duration: columns.float64('samples.duration', length),
    node: columns.uint32('samples.node', length),
    operation: columns.int32('samples.operation', length),
    phase: columns.uint8('samples.phase', length),
  };
  if (version >= 2) return { ...table, captured: columns.uint8('samples.captured', length) };
  return { ...table, captured: Uint8Array.from(table.node, (node) => (node === 0 ? 0 : 1)) };
}

function readOperations(columns: ColumnReader, length: number): OperationTable {
  return {
    length,
    handler: columns.uint32('operations.handler', length),
    start: columns.float64('operations.start', length),
    duration: columns.float64('operations.duration', length),
  };
}

/** Hands out views on the buffer one after the other, each inside the buffer. */
class ColumnReader {
  readonly #buffer: ArrayBuffer;
  #end: number;

  constructor(buffer: ArrayBuffer, start: number) {
    this.#buffer = buffer;
    this.#end = start;
  }

  uint8(name: string, rows: number): Uint8Array {
    return new Uint8Array(this.#buffer, this.#take(name, rows), rows);
  }

  uint32(name: string, rows: number): Uint32Array {
    return new Uint32Array(this.#buffer, this.#take(name, rows * 4), rows);
  }

  int32(name: string, rows: number): Int32Array {
    return new Int32Array(this.#buffer, this.#take(name, rows * 4), rows);
  }

  float64(name: string, rows: number): Float64Array {
    return new Float64Array(this.#buffer, this.#take(name, rows * 8), rows);
  }

  expectEnd(): void {
    const rest = this.#buffer.byteLength - this.#end;
    if (rest !== 0) throw new ProfileFormatError(`byte ${this.#end}`, `${rest} bytes stand behind the end`);
  }

  #take(name: string, bytes: number): number {
    const start = aligned(this.#end);
    if (start + bytes > this.#buffer.byteLength) {
      throw new ProfileFormatError(
        name,
        `${bytes} bytes from byte ${start} end behind the data (${this.#buffer.byteLength} bytes)`,
      );
    }
    this.#end = start + bytes;
    return start;
  }
}
