const EMPTY = -1;
const INITIAL_CAPACITY = 1024;

/**
 * A hash table from pairs of non-negative 32-bit integers to one, in flat columns: a `Map` keyed by a
 * composed number or text takes several times as long on a million entries.
 */
export class PairTable {
  #first: Int32Array;
  #second: Int32Array;
  #value: Int32Array;
  #size = 0;

  /** Grows as needed; not at all up to the expected number of pairs. */
  constructor(expected = 0) {
    let capacity = INITIAL_CAPACITY;
    while (capacity <= expected * 2) capacity *= 2;
    this.#first = new Int32Array(capacity);
    this.#second = new Int32Array(capacity);
    this.#value = new Int32Array(capacity).fill(EMPTY);
  }

  /** The value stored for the pair; -1 when there is none. */
  get(first: number, second: number): number {
    return this.#value[this.#slotOf(first, second)] ?? EMPTY;
  }

  /** The value stored for the pair; where there is none, stores the given one and gives it back. */
  getOrSet(first: number, second: number, value: number): number {
    if (this.#size * 2 >= this.#value.length) this.#grow();
    const slot = this.#slotOf(first, second);
    const stored = this.#value[slot] ?? EMPTY;
    if (stored !== EMPTY) return stored;
    this.#size++;
    this.#first[slot] = first;
    this.#second[slot] = second;
    this.#value[slot] = value;
    return value;
  }

  /** The slot that holds the pair, or the free one in which it belongs. At most half of the slots are taken. */
  #slotOf(first: number, second: number): number {
    const mask = this.#value.length - 1;
    // Odd constants of the golden ratio and of xxHash spread neighbouring numbers over the table.
    let hash = Math.imul(first, 0x9e3779b1) ^ Math.imul(second, 0x85ebca77);
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
    let slot = (hash ^ (hash >>> 13)) & mask;
    while (this.#value[slot] !== EMPTY && (this.#first[slot] !== first || this.#second[slot] !== second)) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  #grow(): void {
    const [first, second, value] = [this.#first, this.#second, this.#value];
    const capacity = value.length * 2;
    this.#first = new Int32Array(capacity);
    this.#second = new Int32Array(capacity);
    this.#value = new Int32Array(capacity).fill(EMPTY);
    for (let slot = 0; slot < value.length; slot++) {
      const stored = value[slot] ?? EMPTY;
      if (stored === EMPTY) continue;
      const free = this.#slotOf(first[slot] ?? 0, second[slot] ?? 0);
      this.#first[free] = first[slot] ?? 0;
      this.#second[free] = second[slot] ?? 0;
      this.#value[free] = stored;
    }
  }
}
