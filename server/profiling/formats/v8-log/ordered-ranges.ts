/** Addresses from `start` up to, but without, `end`. */
export interface AddressRange {
  readonly start: number;
  readonly end: number;
}

/** Ranges of one block at most. A block is what an insertion moves; with a million ranges there are a few thousand. */
const BLOCK = 512;

/**
 * Ranges that do not overlap, in order of their starts: in a list of sorted blocks, so that one among a million is found
 * by two binary searches, and an insertion moves no more than a block.
 */
export class OrderedRanges<R extends AddressRange> {
  /** None is empty. */
  readonly #blocks: R[][] = [];

  /** The range that an address lies in. */
  find(address: number): R | undefined {
    const range = this.#before(address);
    return range !== undefined && address < range.end ? range : undefined;
  }

  /** The range that begins at an address. */
  startingAt(start: number): R | undefined {
    const range = this.#before(start);
    return range?.start === start ? range : undefined;
  }

  /** Takes out the range that begins at an address. */
  delete(start: number): void {
    const at = this.#blockOf(start);
    const block = this.#blocks[at] ?? [];
    const index = lastUpTo(block, start);
    if (block[index]?.start !== start) return;
    block.splice(index, 1);
    if (block.length === 0) this.#blocks.splice(at, 1);
  }

  /** Puts a range where others may lie: those are taken out as a whole and given back. */
  replace(range: R): readonly R[] {
    const replaced: R[] = [];
    for (let old = this.#touched(range); old !== undefined; old = this.#touched(range)) {
      replaced.push(old);
      this.delete(old.start);
    }
    this.#insert(range);
    return replaced;
  }

  /** The last range that overlaps with a new one, or begins where it does. */
  #touched({ start, end }: AddressRange): R | undefined {
    const last = this.#before(end);
    // What begins at the very end of the new one does not overlap with it.
    const old = last !== undefined && last.start === end && end > start ? this.#previous(end) : last;
    return old !== undefined && (old.end > start || old.start === start) ? old : undefined;
  }

  #previous(start: number): R | undefined {
    const at = this.#blockOf(start);
    const index = lastUpTo(this.#blocks[at] ?? [], start);
    return index > 0 ? this.#blocks[at]?.[index - 1] : this.#blocks[at - 1]?.at(-1);
  }

  #before(address: number): R | undefined {
    const block = this.#blocks[this.#blockOf(address)] ?? [];
    return block[lastUpTo(block, address)];
  }

  #insert(range: R): void {
    const at = Math.max(0, this.#blockOf(range.start));
    const block = this.#blocks[at];
    if (block === undefined) {
      this.#blocks.push([range]);
      return;
    }
    block.splice(lastUpTo(block, range.start) + 1, 0, range);
    if (block.length > BLOCK) this.#blocks.splice(at + 1, 0, block.splice(BLOCK / 2));
  }

  /** The last block that begins at or before an address; -1 for none. */
  #blockOf(address: number): number {
    let [low, high] = [0, this.#blocks.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#blocks[middle]?.[0]?.start ?? 0) <= address) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}

/** The last range of a block that begins at or before an address; -1 for none. */
function lastUpTo(block: readonly AddressRange[], address: number): number {
  let [low, high] = [0, block.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((block[middle]?.start ?? 0) <= address) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
