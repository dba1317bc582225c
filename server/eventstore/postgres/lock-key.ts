import type { TableNames } from './table-names.ts';

/**
 * The key of an advisory lock: 64 bits of the term, the lowest always 0, mixed with the table's name, as advisory locks are shared by the
 * whole database. All programs that append to one store must compute the same, so a change needs a migration that keeps
 * the older ones out. Two terms with one key only wait for each other needlessly.
 */
export function lockKey({ events }: TableNames, term: string): bigint {
  const text = `${events} ${term}`;
  const [high, low] = [mixed(text, 0x9e3779b9), mixed(text, 0x7f4a7c15) & ~1];
  return BigInt.asIntN(64, (BigInt(high) << 32n) | BigInt(low >>> 0));
}

/** MurmurHash3's mixing over UTF-16 units, 32 bits. https://github.com/aappleby/smhasher/wiki/MurmurHash3 */
function mixed(text: string, seed: number): number {
  let hash = seed;
  for (let i = 0; i < text.length; i++) {
    const unit = Math.imul(text.charCodeAt(i), 0xcc9e2d51);
    hash ^= Math.imul((unit << 15) | (unit >>> 17), 0x1b873593);
    hash = (Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64) | 0;
  }
  hash ^= text.length;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
