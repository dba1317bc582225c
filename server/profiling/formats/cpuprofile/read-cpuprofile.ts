import { CallFrames } from '../call-frames.ts';
import type { FileCapture } from '../file-capture.ts';
import { GrowingFloats } from '../growing-column.ts';
import { JsonCursor } from '../json/json-cursor.ts';
import { MAX_SAMPLES, tooManySamples } from '../limits.ts';
import {
  type CpuProfileExtension,
  EXTENSION_KEY,
  extensionFacts,
  readExtension,
} from './cpuprofile-extension.ts';
import { NodeColumns } from './node-columns.ts';
import { rawCpuProfileToStacks } from './raw-cpuprofile.ts';
import { readHead } from './read-head.ts';
import { NodeReader } from './read-node.ts';

/**
 * Reads a `.cpuprofile`: one of ours with its phases, any other as time outside of operations. Accepts nodes that name
 * their `children` or their `parent`, the tree of Chrome and Node.js before 2016, the deltas under the name that
 * Node.js 6 has for them, samples out of order, missing `timeDeltas` (then evenly spread) and an empty profile. Untrusted input: nothing that it names is opened. Throws `ProfileFormatError`
 * with the place in the file.
 */
export function readCpuProfile(bytes: Uint8Array, title: string): FileCapture {
  const fields = new FileFields(bytes);
  fields.read();
  const stacks = rawCpuProfileToStacks({
    nodes: fields.nodes,
    callFrames: fields.callFrames,
    startMicros: fields.micros('startTime'),
    endMicros: fields.micros('endTime'),
    sampleIds: fields.samples,
    timeDeltas: fields.timeDeltas,
    timestamps: fields.timestamps,
  });
  return { stacks, facts: extensionFacts(fields.extension, title) };
}

/** The fields of the file as they are met; of a field that stands twice the last one counts, as in JSON. */
class FileFields {
  nodes = new NodeColumns();
  callFrames = new CallFrames();
  samples: GrowingFloats | undefined;
  timeDeltas: GrowingFloats | undefined;
  timestamps: GrowingFloats | undefined;
  extension: CpuProfileExtension | undefined;
  #hasNodes = false;
  /** Chrome wrote seconds beside the old tree. */
  #microsPerUnit = 1;
  readonly #times: { startTime?: number; endTime?: number } = {};
  readonly #cursor: JsonCursor;

  constructor(bytes: Uint8Array) {
    this.#cursor = new JsonCursor(bytes);
  }

  read(): void {
    const cursor = this.#cursor;
    cursor.object('profile');
    for (let key = cursor.key(); key !== undefined; key = cursor.key()) this.#readField(key);
    cursor.end();
    if (!this.#hasNodes) throw cursor.missing('profile.nodes');
  }

  micros(field: 'startTime' | 'endTime'): number {
    const time = this.#times[field];
    if (time === undefined) throw this.#cursor.missing(`profile.${field}`);
    return time * this.#microsPerUnit;
  }

  #readField(key: string): void {
    const cursor = this.#cursor;
    switch (key) {
      case 'nodes':
        this.#readNodes();
        return;
      case 'head':
        this.#readHead();
        return;
      case 'startTime':
      case 'endTime':
        this.#times[key] = cursor.number(`profile.${key}`);
        return;
      // As Node.js 6 wrote them from 6.9 on.
      case 'timestampDeltas':
        this.timeDeltas = this.#numbers('profile.timestampDeltas');
        return;
      case 'samples':
      case 'timeDeltas':
      case 'timestamps':
        this[key] = this.#numbers(`profile.${key}`);
        return;
      case EXTENSION_KEY:
        this.extension = readExtension(cursor.value());
        return;
      default:
        cursor.skip();
    }
  }

  #readNodes(): void {
    this.#startNodes();
    new NodeReader(this.#cursor, this.nodes, this.callFrames).readList();
  }

  #readHead(): void {
    this.#startNodes();
    this.#microsPerUnit = 1_000_000;
    readHead(this.#cursor, this.nodes, this.callFrames);
  }

  #startNodes(): void {
    this.nodes = new NodeColumns();
    this.callFrames = new CallFrames();
    this.#hasNodes = true;
  }

  #numbers(where: string): GrowingFloats | undefined {
    if (this.#cursor.isNull()) return undefined;
    const column = new GrowingFloats(MAX_SAMPLES, tooManySamples(where));
    this.#cursor.numbers(column, where);
    return column;
  }
}
