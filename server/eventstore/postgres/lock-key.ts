import type { TableNames } from './table-names.ts';

/**
 * The key of an advisory lock: an even number of 52 bits from the term, mixed with the table's name, as advisory locks are
 * shared by the whole database. Two terms with one key only wait for each other needlessly, so more bits would buy nothing,
 * and BigInts took a third of an append's time. All programs that append to one store must compute the same, so a change
 * needs a migration that keeps the older ones out.
 *
 * Two hashes of 32 bits in one pass, each by MurmurHash3's mixing. https://github.com/aappleby/smhasher/wiki/MurmurHash3
 */
export function lockKey({ events }: TableNames, term: string): number {
  const text = `${events} ${term}`;
  let high = 0x9e3779b9;
  let low = 0x7f4a7c15;
  for (let i = 0; i < text.length; i++) {
    const unit = Math.imul(text.charCodeAt(i), 0xcc9e2d51);
    const mixed = Math.imul((unit << 15) | (unit >>> 17), 0x1b873593);
    high ^= mixed;
    high = (Math.imul((high << 13) | (high >>> 19), 5) + 0xe6546b64) | 0;
    low ^= mixed;
    low = (Math.imul((low << 13) | (low >>> 19), 5) + 0xe6546b64) | 0;
  }
  const upper = spread(high ^ text.length) & 0xfffff;
  const lower = spread(low ^ text.length) & ~1;
  return upper * 2 ** 32 + (lower >>> 0);
}

/** Lets every bit of the hash depend on all others. */
function spread(hash: number): number {
  let bits = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
