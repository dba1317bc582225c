/** Random numbers that a seed repeats. Not for secrets. */
export interface Random {
  /** A whole number from 0 to 2^32 - 1. */
  uint32(): number;
  /** A number from 0 (inclusive) to 1 (exclusive). */
  fraction(): number;
  /** A whole number from 0 to `limit` - 1; `limit` is at least 1 and at most 2^32. */
  below(limit: number): number;
  /** True with the given probability, 0 to 1. */
  chance(probability: number): boolean;
  /** An item of a list that is not empty. */
  pick<T>(list: readonly T[]): T;
}

// Enough to tell neighbouring seeds apart; the generator's author recommends 12 to 20 rounds.
const WARM_UP_ROUNDS = 15;
const TWO_TO_32 = 2 ** 32;

/**
 * The sfc32 generator of Chris Doty-Humphrey's PractRand: 128 bits of state, cheap in 32-bit integers.
 * @param seed a whole number from 0 to 2^53 - 1
 * @param stream tells apart independent sequences of one seed
 */
export function createRandom(seed: number, stream = 0): Random {
  let a = seed | 0;
  let b = Math.floor(seed / TWO_TO_32) | 0;
  let c = stream | 0;
  let counter = 1;

  function uint32(): number {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }
  for (let round = 0; round < WARM_UP_ROUNDS; round += 1) uint32();

  const fraction = () => uint32() / TWO_TO_32;
  const below = (limit: number) => Math.floor(fraction() * limit);
  return {
    uint32,
    fraction,
    below,
    chance: (probability) => fraction() < probability,
    pick: (list) => itemAt(list, below(list.length)),
  };
}

function itemAt<T>(list: readonly T[], index: number): T {
  const item = list[index];
  if (item === undefined) throw new RangeError(`There is no item ${index} in a list of ${list.length}.`);
  return item;
}
