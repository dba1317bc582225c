import { LRUCache } from 'lru-cache';
import { InvalidOptionError } from '../errors.ts';

/** How well the texts of filter shapes are reused. */
export interface StatementCacheFigures {
  /** Statements whose text was there. */
  readonly hits: number;
  /** Statements whose text had to be built. */
  readonly misses: number;
  /** Texts that are kept now. */
  readonly size: number;
  /** Texts that are kept at most. */
  readonly capacity: number;
}

export function sumOfFigures(a: StatementCacheFigures, b: StatementCacheFigures): StatementCacheFigures {
  return {
    hits: a.hits + b.hits,
    misses: a.misses + b.misses,
    size: a.size + b.size,
    capacity: a.capacity + b.capacity,
  };
}

/** Keeps the most recently used entries, up to a number: filters with ever new shapes must not fill the memory. */
export class TemplateCache<Key extends string | number, T extends object> {
  readonly #capacity: number;
  readonly #entries: LRUCache<Key, T> | undefined;
  #hits = 0;
  #misses = 0;

  /**
   * @param capacity 0 keeps nothing
   * @throws InvalidOptionError unless it is a whole number from 0 to 10,000
   */
  constructor(capacity: number) {
    this.#capacity = validCapacity(capacity);
    // To lru-cache a maximum of 0 means none at all.
    this.#entries = capacity === 0 ? undefined : new LRUCache({ max: capacity });
  }

  get(key: Key): T | undefined {
    const entry = this.#entries?.get(key);
    if (entry === undefined) this.#misses += 1;
    else this.#hits += 1;
    return entry;
  }

  /** Somebody still had what was kept last. */
  countHit(): void {
    this.#hits += 1;
  }

  set(key: Key, entry: T): void {
    this.#entries?.set(key, entry);
  }

  figures(): StatementCacheFigures {
    const size = this.#entries?.size ?? 0;
    return { hits: this.#hits, misses: this.#misses, size, capacity: this.#capacity };
  }
}

// The cache takes its room at once, and no program has filters of that many shapes.
const maxCapacity = 10_000;

function validCapacity(capacity: number): number {
  if (Number.isInteger(capacity) && capacity >= 0 && capacity <= maxCapacity) return capacity;
  throw new InvalidOptionError(`The statement cache cannot keep ${String(capacity)} statements.`, {
    advice: `Give a whole number from 0, which keeps none, to ${maxCapacity}.`,
    field: 'statementCacheSize',
  });
}
