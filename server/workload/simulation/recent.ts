import type { Random } from '../../lib/random.ts';

/** The last few of many things, the oldest forgotten first. */
export class Recent<Item> {
  readonly #limit: number;
  readonly #items: Item[] = [];
  #next = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(item: Item): void {
    this.#items[this.#next] = item;
    this.#next = (this.#next + 1) % this.#limit;
  }

  /** Any of them, or nothing when there is none. */
  draw(random: Random): Item | undefined {
    return this.#items.length === 0 ? undefined : random.pick(this.#items);
  }
}
