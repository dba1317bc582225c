import type { CallFrames } from '../call-frames.ts';
import { IdIndex } from '../cpuprofile/id-index.ts';
import { emptyCallFrame, readCallFrame } from '../cpuprofile/read-node.ts';
import { GrowingFloats, GrowingIntegers } from '../growing-column.ts';
import type { JsonCursor } from '../json/json-cursor.ts';
import type { NestedNodes } from '../json/nested-nodes.ts';
import { MAX_NODES, tooManyNodes } from '../limits.ts';

/** The nodes of a `.heapprofile` while its tree is read. */
export class HeapNodes implements NestedNodes {
  readonly parent = new GrowingIntegers(MAX_NODES, tooManyNodes('head'));
  readonly frame = new GrowingIntegers(MAX_NODES, tooManyNodes('head'));
  readonly id = new GrowingFloats(MAX_NODES, tooManyNodes('head'));
  readonly selfSize = new GrowingFloats(MAX_NODES, tooManyNodes('head'));
  readonly #cursor: JsonCursor;
  readonly #callFrames: CallFrames;

  constructor(cursor: JsonCursor, callFrames: CallFrames) {
    this.#cursor = cursor;
    this.#callFrames = callFrames;
  }

  open(parent: number): number {
    this.parent.push(parent);
    this.frame.push(-1);
    this.id.push(Number.NaN);
    this.selfSize.push(0);
    return this.parent.length - 1;
  }

  field(position: number, key: string): boolean {
    if (key === 'callFrame') {
      this.frame.values[position] = this.#callFrames.indexOf(readCallFrame(this.#cursor, 'head: callFrame'));
    } else if (key === 'id') this.id.values[position] = this.#cursor.number('head: id');
    else if (key === 'selfSize') this.selfSize.values[position] = this.#size();
    else return false;
    return true;
  }

  close(position: number): void {
    if (this.frame.values[position] === -1) {
      // V8 writes a call frame for every node, the root's too.
      if (position > 0) throw this.#cursor.missing(`head: callFrame (byte ${this.#cursor.at})`);
      this.frame.values[position] = this.#callFrames.indexOf(emptyCallFrame());
    }
  }

  /** Where the node with an id stands. Before Node.js 12 nodes had none: then undefined. */
  positions(): IdIndex | undefined {
    const ids = this.id.filled();
    return ids.some(Number.isNaN) ? undefined : new IdIndex(ids);
  }

  #size(): number {
    const size = this.#cursor.number('head: selfSize');
    if (size >= 0) return size;
    throw this.#cursor.fault(`a size of ${size} bytes is none`);
  }
}
