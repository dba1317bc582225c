import type { TableNames } from './table-names.ts';

/**
 * The key of an advisory lock: an even number of 52 bits from the term, mixed with the table's name, as advisory locks are
 * shared by the whole database. Two terms with one key only wait for each other needlessly, so more bits would buy nothing,
 * and BigInts took a third of an append's time. All programs that append to one store must compute the same, so a change
 * needs a migration that keeps the older ones out.
 */
export function lockKey({ events }: TableNames, term: string): number {
  return keyOf(mixed(nothing, `${events} ${term}`));
}

/** The keys of many terms that begin alike, as those of one field do: each beginning is gone through once. */
export class LockKeys {
  readonly #start: Hash;
  readonly #types = new Map<string, number>();
  readonly #fields = new Map<string, Hash>();
  /** Every append holds it, at least shared. */
  readonly ofAll: number;

  constructor({ events }: TableNames) {
    this.#start = mixed(nothing, `${events} `);
    this.ofAll = keyOf(mixed(this.#start, 'any event'));
  }

  ofType(eventType: string): number {
    return remembered(this.#types, eventType, () => keyOf(mixed(this.#start, `type ${eventType}`)));
  }

  /** The length keeps a key that ends in "=" apart from a value that begins with it; a meeting would only cost a wait. */
  ofField(key: string, value: string): number {
    const beginning = () => mixed(this.#start, `field ${key.length} ${key}=`);
    return keyOf(mixed(remembered(this.#fields, key, beginning), value));
  }
}

// More types and fields than an application has; names that come from outside must not fill the memory.
const maxRemembered = 1_000;

function remembered<T>(known: Map<string, T>, name: string, make: () => T): T {
  const value = known.get(name);
  if (value !== undefined) return value;
  if (known.size >= maxRemembered) known.clear();
  const made = make();
  known.set(name, made);
  return made;
}

/** Two hashes of 32 bits in one pass, each by MurmurHash3's mixing. https://github.com/aappleby/smhasher/wiki/MurmurHash3 */
interface Hash {
  readonly high: number;
  readonly low: number;
  readonly length: number;
}

const nothing: Hash = { high: 0x9e3779b9, low: 0x7f4a7c15, length: 0 };

function mixed({ high, low, length }: Hash, text: string): Hash {
  let upper = high;
  let lower = low;
  for (let i = 0; i < text.length; i++) {
    const unit = Math.imul(text.charCodeAt(i), 0xcc9e2d51);
    const bits = Math.imul((unit << 15) | (unit >>> 17), 0x1b873593);
    upper ^= bits;
    upper = (Math.imul((upper << 13) | (upper >>> 19), 5) + 0xe6546b64) | 0;
    lower ^= bits;
    lower = (Math.imul((lower << 13) | (lower >>> 19), 5) + 0xe6546b64) | 0;
  }
  return { high: upper, low: lower, length: length + text.length };
}

function keyOf({ high, low, length }: Hash): number {
  const upper = spread(high ^ length) & 0xfffff;
  const lower = spread(low ^ length) & ~1;
  return upper * 2 ** 32 + (lower >>> 0);
}

/** Lets every bit of the hash depend on all others. */
function spread(hash: number): number {
  let bits = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
