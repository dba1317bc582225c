import type { CodeEntry } from './code-entry.ts';
import { type AddressRange, OrderedRanges } from './ordered-ranges.ts';

/** Several times the largest code there is: what claims more is a damaged line. */
const MAX_SIZE = 64 * 2 ** 20;

interface PlacedCode extends AddressRange {
  readonly entry: CodeEntry;
}

/** Which code stands at an address while the log is read: code is created, moved by the garbage collector, deleted. */
export class CodeMap {
  readonly #code = new OrderedRanges<PlacedCode>();
  readonly #libraries = new OrderedRanges<PlacedCode>();

  /** New code stands where old code was: nobody says that the old one is gone. False for a size that no code has. */
  add(start: number, size: number, entry: CodeEntry): boolean {
    if (!(size >= 0 && size <= MAX_SIZE)) return false;
    this.#code.replace({ start, end: start + size, entry });
    return true;
  }

  /** A library keeps what a later one does not cover. */
  addLibrary(start: number, end: number, entry: CodeEntry): void {
    if (!(end > start)) return;
    for (const old of this.#libraries.replace({ start, end, entry })) {
      if (old.start < start) this.#libraries.replace({ ...old, end: start });
      if (old.end > end) this.#libraries.replace({ ...old, start: end });
    }
  }

  move(from: number, to: number): void {
    const placed = this.#code.startingAt(from);
    if (placed === undefined) return;
    this.#code.delete(from);
    this.#code.replace({ start: to, end: to + placed.end - placed.start, entry: placed.entry });
  }

  delete(start: number): void {
    this.#code.delete(start);
  }

  find(address: number): CodeEntry | undefined {
    return (this.#code.find(address) ?? this.#libraries.find(address))?.entry;
  }
}
