import { ProfileFormatError } from '../../../protocol/profile/profile-format-error.ts';
import { GrowingFloats } from '../growing-column.ts';
import { MAX_NODES, MAX_SAMPLES, MAX_TEXT, tooLongText, tooManyNodes, tooManySamples } from '../limits.ts';
import { ProtobufReader } from './protobuf-reader.ts';

export interface ValueType {
  /** Indices of texts. */
  readonly type: number;
  readonly unit: number;
}

export interface PprofFunction {
  /** Indices of texts. */
  readonly name: number;
  readonly systemName: number;
  readonly file: number;
  readonly startLine: number;
}

export interface PprofLine {
  readonly functionId: number;
  readonly line: number;
  readonly column: number;
}

export interface PprofLocation {
  readonly address: number;
  /** The innermost inlined function first. */
  readonly lines: readonly PprofLine[];
}

/** The tables of a pprof file (`perftools.profiles.Profile`), which may stand in any order; samples are read later. */
export class PprofTables {
  readonly bytes: Uint8Array;
  readonly valueTypes: ValueType[] = [];
  readonly functions = new Map<number, PprofFunction>();
  readonly locations = new Map<number, PprofLocation>();
  /** Where each sample's message begins and ends. */
  readonly sampleStarts = new GrowingFloats(MAX_SAMPLES, tooManySamples('sample'));
  readonly sampleEnds = new GrowingFloats(MAX_SAMPLES, tooManySamples('sample'));
  timeNanos = 0;
  periodType: ValueType | undefined;
  period = 0;
  /** Index of the text that names the type to show. */
  defaultType = 0;
  readonly #texts: string[] = [];
  readonly #decoder = new TextDecoder();

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    const reader = new ProtobufReader(bytes);
    while (reader.next()) this.#take(reader);
  }

  text(index: number): string {
    const text = this.#texts[index];
    if (text === undefined) throw new ProfileFormatError('string_table', `there is no text ${index}`);
    return text;
  }

  #take(reader: ProtobufReader): void {
    switch (reader.field) {
      case 1:
        this.valueTypes.push(valueType(reader.message()));
        return;
      case 2: {
        const { at, end } = reader.message();
        this.sampleStarts.push(at);
        this.sampleEnds.push(end);
        return;
      }
      case 4:
        this.#takeLocation(reader.message());
        return;
      case 5:
        this.#takeFunction(reader.message());
        return;
      case 6:
        this.#takeText(reader.message());
        return;
      case 9:
        this.timeNanos = reader.approximate();
        return;
      case 11:
        this.periodType = valueType(reader.message());
        return;
      case 12:
        this.period = reader.approximate();
        return;
      case 14:
        this.defaultType = reader.natural('default_sample_type');
        return;
      default:
        reader.skip();
    }
  }

  #takeText({ at, end }: ProtobufReader): void {
    if (end - at > MAX_TEXT) throw tooLongText(`byte ${at}`, end - at);
    if (this.#texts.length >= MAX_NODES) throw tooManyNodes('string_table')();
    this.#texts.push(this.#decoder.decode(this.bytes.subarray(at, end)));
  }

  #takeFunction(reader: ProtobufReader): void {
    const read = { id: 0, name: 0, systemName: 0, file: 0, startLine: 0 };
    while (reader.next()) {
      if (reader.field === 1) read.id = reader.natural('function.id');
      else if (reader.field === 2) read.name = reader.natural('function.name');
      else if (reader.field === 3) read.systemName = reader.natural('function.system_name');
      else if (reader.field === 4) read.file = reader.natural('function.filename');
      else if (reader.field === 5) read.startLine = reader.approximate();
      else reader.skip();
    }
    if (this.functions.size >= MAX_NODES) throw tooManyNodes('function')();
    if (this.functions.has(read.id)) throw taken('function', read.id);
    this.functions.set(read.id, read);
  }

  #takeLocation(reader: ProtobufReader): void {
    const lines: PprofLine[] = [];
    let [id, address] = [0, 0];
    while (reader.next()) {
      if (reader.field === 1) id = reader.natural('location.id');
      else if (reader.field === 3) address = reader.approximate();
      else if (reader.field === 4) lines.push(lineOf(reader.message()));
      else reader.skip();
    }
    if (this.locations.size >= MAX_NODES) throw tooManyNodes('location')();
    if (this.locations.has(id)) throw taken('location', id);
    this.locations.set(id, { address, lines });
  }
}

function taken(table: string, id: number): ProfileFormatError {
  return new ProfileFormatError(`${table}.id`, `${id} is taken already`);
}

function valueType(reader: ProtobufReader): ValueType {
  const read = { type: 0, unit: 0 };
  while (reader.next()) {
    if (reader.field === 1) read.type = reader.natural('sample_type.type');
    else if (reader.field === 2) read.unit = reader.natural('sample_type.unit');
    else reader.skip();
  }
  return read;
}

function lineOf(reader: ProtobufReader): PprofLine {
  const read = { functionId: 0, line: 0, column: 0 };
  while (reader.next()) {
    if (reader.field === 1) read.functionId = reader.natural('location.line.function_id');
    // Some tools write -1 where they know no line.
    else if (reader.field === 2) read.line = reader.approximate();
    else if (reader.field === 3) read.column = reader.approximate();
    else reader.skip();
  }
  return read;
}
