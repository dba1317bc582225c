/**
 * A set of nodes that is emptied from the last one to the first: of every 32 nodes and of every 32 times 32 nodes it
 * keeps a bit, so that a set of few nodes among a million costs next to nothing.
 */
export class NodeSet {
  readonly #bits: Int32Array;
  readonly #words: Int32Array;
  #top = -1;

  constructor(nodes: number) {
    this.#bits = new Int32Array((nodes >>> 5) + 1);
    this.#words = new Int32Array((nodes >>> 10) + 1);
  }

  add(node: number): void {
    const word = node >>> 5;
    const bits = this.#bits[word] ?? 0;
    if (bits === 0) {
      const top = word >>> 5;
      this.#words[top] = (this.#words[top] ?? 0) | (1 << (word & 31));
      if (top > this.#top) this.#top = top;
    }
    this.#bits[word] = bits | (1 << (node & 31));
  }

  /** Takes out the highest node; -1 when there is none. */
  takeLast(): number {
    while (this.#top >= 0) {
      const words = this.#words[this.#top] ?? 0;
      if (words !== 0) {
        const word = (this.#top << 5) + 31 - Math.clz32(words);
        const bits = this.#bits[word] ?? 0;
        const bit = 31 - Math.clz32(bits);
        const left = bits & ~(1 << bit);
        this.#bits[word] = left;
        if (left === 0) this.#words[this.#top] = words & ~(1 << (word & 31));
        return (word << 5) + bit;
      }
      this.#top--;
    }
    return -1;
  }
}
