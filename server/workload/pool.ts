import type { Random } from '../lib/random.ts';

/** An item remembers its place in the one pool that holds it. */
export interface Pooled {
  place: number;
}

/** A set from which a random item is drawn, added and removed in constant time. An item is in one pool at a time. */
export class Pool<Item extends Pooled> {
  readonly #items: Item[] = [];

  get size(): number {
    return this.#items.length;
  }

  /** Whether the item is in this pool, not in another or in none. */
  has(item: Item): boolean {
    return this.#items[item.place] === item;
  }

  add(item: Item): void {
    item.place = this.#items.length;
    this.#items.push(item);
  }

  /** The last item takes the place of the removed one. */
  remove(item: Item): void {
    const last = this.#items.pop();
    if (last === undefined || last === item) return;
    this.#items[item.place] = last;
    last.place = item.place;
  }

  /** A random item, or nothing when the pool is empty. */
  draw(random: Random): Item | undefined {
    return this.#items[random.below(this.#items.length)];
  }

  /** An item that is wanted: the first one from a random place on, or nothing when there is none. */
  drawWhere(random: Random, isWanted: (item: Item) => boolean): Item | undefined {
    const start = random.below(this.#items.length);
    for (let passed = 0; passed < this.#items.length; passed += 1) {
      const item = this.#items[(start + passed) % this.#items.length];
      if (item !== undefined && isWanted(item)) return item;
    }
    return undefined;
  }
}
