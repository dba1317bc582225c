import type { CodeEntry } from './code-entry.ts';

/** Addresses of one page are looked through one by one. */
const PAGE = 4096;

/** The largest code there is by far; what claims more would fill the memory with its pages. */
const MAX_SIZE = 64 * 2 ** 20;

interface PlacedCode {
  readonly entry: CodeEntry;
  readonly start: number;
  readonly size: number;
}

/** Which code stands at an address while the log is read: code is created, moved by the garbage collector, deleted. */
export class CodeMap {
  readonly #byStart = new Map<number, PlacedCode>();
  readonly #pages = new Map<number, PlacedCode[]>();
  readonly #libraries: { readonly start: number; readonly end: number; readonly entry: CodeEntry }[] = [];

  /** False for a size that no code has. */
  add(start: number, size: number, entry: CodeEntry): boolean {
    if (!(size >= 0 && size <= MAX_SIZE)) return false;
    this.#removeBetween(start, start + size);
    const placed = { entry, start, size };
    this.#byStart.set(start, placed);
    for (const page of pagesOf(placed)) {
      const codes = this.#pages.get(page);
      if (codes === undefined) this.#pages.set(page, [placed]);
      else codes.push(placed);
    }
    return true;
  }

  addLibrary(start: number, end: number, entry: CodeEntry): void {
    this.#libraries.push({ start, end, entry });
  }

  move(from: number, to: number): void {
    const placed = this.#byStart.get(from);
    if (placed === undefined) return;
    this.#remove(placed);
    this.add(to, placed.size, placed.entry);
  }

  delete(start: number): void {
    const placed = this.#byStart.get(start);
    if (placed !== undefined) this.#remove(placed);
  }

  find(address: number): CodeEntry | undefined {
    const codes = this.#pages.get(Math.floor(address / PAGE)) ?? [];
    const placed = codes.find(({ start, size }) => address >= start && address < start + size);
    if (placed !== undefined) return placed.entry;
    return this.#libraries.find(({ start, end }) => address >= start && address < end)?.entry;
  }

  /** New code stands where old code was: nobody says that the old one is gone. */
  #removeBetween(start: number, end: number): void {
    for (let page = Math.floor(start / PAGE); page * PAGE < end; page++) {
      const codes = this.#pages.get(page) ?? [];
      for (const code of codes.filter((one) => one.start < end && start < one.start + one.size))
        this.#remove(code);
    }
  }

  #remove(placed: PlacedCode): void {
    this.#byStart.delete(placed.start);
    for (const page of pagesOf(placed)) {
      const left = (this.#pages.get(page) ?? []).filter((code) => code !== placed);
      if (left.length === 0) this.#pages.delete(page);
      else this.#pages.set(page, left);
    }
  }
}

function* pagesOf({ start, size }: PlacedCode): Generator<number> {
  for (let page = Math.floor(start / PAGE); page * PAGE < start + size; page++) yield page;
}
