import { MAX_TEXT, tooLongText } from '../limits.ts';

/**
 * The texts that stand in stretches of one file's bytes. Equal bytes are found again without making a text of them:
 * a profile names the same few thousand functions and files hundreds of thousands of times.
 */
export class TextTable {
  /** The value kept for each distinct stretch. */
  readonly #values: string[] = [];
  readonly #bytes: Uint8Array;
  readonly #slots = new StretchTable();

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** The text of the stretch, made once by `make`. */
  at(start: number, end: number, make: () => string): string {
    const { index, isNew } = this.#slots.find(this.#bytes, start, end);
    if (isNew) {
      if (end - start > MAX_TEXT) throw tooLongText(`byte ${start}`, end - start);
      this.#values[index] = make();
    }
    return this.#values[index] ?? '';
  }
}

/** Finds stretches of bytes again: each distinct one has an index, counted from 0. */
export class StretchTable {
  #size = 0;
  #start = new Int32Array(1024);
  #end = new Int32Array(1024);
  #hash = new Int32Array(1024);
  /** Index plus one; 0 is free. */
  #slots = new Int32Array(2048);
  readonly #found = { index: 0, isNew: false };

  /** What it returns is used again by the next call. */
  find(bytes: Uint8Array, start: number, end: number): { readonly index: number; readonly isNew: boolean } {
    // FNV-1a with a final mix.
    let hash = 0x811c9dc5;
    for (let at = start; at < end; at++) hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x01000193);
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
    const mask = this.#slots.length - 1;
    let slot = (hash ^ (hash >>> 13)) & mask;
    for (let entry = this.#slots[slot] ?? 0; entry !== 0; entry = this.#slots[slot] ?? 0) {
      const index = entry - 1;
      if (this.#hash[index] === hash && this.#equals(bytes, index, { start, end })) {
        return this.#answer(index, false);
      }
      slot = (slot + 1) & mask;
    }
    this.#add(slot, hash, { start, end });
    return this.#answer(this.#size - 1, true);
  }

  #answer(index: number, isNew: boolean): { readonly index: number; readonly isNew: boolean } {
    this.#found.index = index;
    this.#found.isNew = isNew;
    return this.#found;
  }

  #equals(
    bytes: Uint8Array,
    index: number,
    other: { readonly start: number; readonly end: number },
  ): boolean {
    const start = this.#start[index] ?? 0;
    const length = (this.#end[index] ?? 0) - start;
    if (length !== other.end - other.start) return false;
    for (let at = 0; at < length; at++) if (bytes[start + at] !== bytes[other.start + at]) return false;
    return true;
  }

  #add(slot: number, hash: number, { start, end }: { readonly start: number; readonly end: number }): void {
    const index = this.#size++;
    if (index === this.#start.length) this.#grow();
    this.#start[index] = start;
    this.#end[index] = end;
    this.#hash[index] = hash;
    this.#slots[slot] = index + 1;
    if (this.#size * 2 > this.#slots.length) this.#spread();
  }

  #grow(): void {
    const larger = (column: Int32Array<ArrayBuffer>) => {
      const copy = new Int32Array(column.length * 2);
      copy.set(column);
      return copy;
    };
    this.#start = larger(this.#start);
    this.#end = larger(this.#end);
    this.#hash = larger(this.#hash);
  }

  #spread(): void {
    this.#slots = new Int32Array(this.#slots.length * 2);
    const mask = this.#slots.length - 1;
    for (let index = 0; index < this.#size; index++) {
      const hash = this.#hash[index] ?? 0;
      let slot = (hash ^ (hash >>> 13)) & mask;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
      this.#slots[slot] = index + 1;
    }
  }
}
