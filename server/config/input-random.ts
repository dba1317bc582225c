import { createRandom } from '../lib/random.ts';

/** Chance for inputs, which the run's seed repeats. Not for secrets. */
export interface InputRandom {
  /** A number from 0 (inclusive) to 1 (exclusive). */
  fraction(): number;
  /** A whole number, both ends inclusive. */
  int(least: number, most: number): number;
  /** True with the given probability, 0 to 1. */
  chance(probability: number): boolean;
  /** An item of a list that is not empty. */
  pick<T>(list: readonly T[]): T;
  /** The items in another order; the list itself stays as it is. */
  shuffle<T>(list: readonly T[]): T[];
  /** Text in the form of a UUID of version 4. */
  uuid(): string;
}

/**
 * The same seed and iteration give the same numbers.
 * @param iteration counts the executions of a run from 0
 */
export function createInputRandom(seed: number, iteration: number): InputRandom {
  const random = createRandom(seed, iteration);
  const int = (least: number, most: number) => {
    if (Number.isInteger(least) && Number.isInteger(most) && least <= most && most - least < 2 ** 32) {
      return least + random.below(most - least + 1);
    }
    throw new RangeError(`random.int(${least}, ${most}): give two whole numbers, the lesser one first.`);
  };
  return {
    fraction: random.fraction,
    int,
    chance: random.chance,
    pick(list) {
      if (list.length > 0) return random.pick(list);
      throw new RangeError('random.pick() was given an empty list: there is nothing to choose from.');
    },
    shuffle<T>(list: readonly T[]) {
      const rest = [...list];
      return list.map(() => rest.splice(random.below(rest.length), 1)[0] as T);
    },
    uuid: () => uuidOf(Array.from({ length: 4 }, random.uint32)),
  };
}

/** RFC 9562: the 13th digit says version 4, the 17th has the variant in its upper two bits. */
function uuidOf(words: readonly number[]): string {
  const hex = words.map((word) => word.toString(16).padStart(8, '0')).join('');
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 3) | 8).toString(16);
  const digits = `${hex.slice(0, 12)}4${hex.slice(13, 16)}${variant}${hex.slice(17)}`;
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
