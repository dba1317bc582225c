import type { Random } from '../../lib/random.ts';

/** One fault that is to happen now. Settle it: whether it did. */
export interface Attempt {
  /** An earlier one came to nothing and this one stands in for it. */
  readonly isOverdue: boolean;
  happened(fault?: unknown): void;
  cameToNothing(): void;
}

/**
 * Decides when a fault of one kind is to happen, from a seed, and counts what did. What came to nothing, since the work
 * was faster or offered no occasion, is made up for by the next one, so that the rate holds.
 */
export class Injection {
  readonly #rate: number;
  readonly #random: Random;
  readonly #faults: WeakSet<object>;
  /** How many are to happen, those included that came to nothing. */
  #due = 0;
  #failed = 0;
  #count = 0;

  /** @param faults gets the errors that were brought about */
  constructor(rate: number, random: Random, faults: WeakSet<object>) {
    this.#rate = rate;
    this.#random = random;
    this.#faults = faults;
  }

  /** How many have happened. */
  get count(): number {
    return this.#count;
  }

  get isOff(): boolean {
    return this.#rate === 0;
  }

  /** A fault for the next piece of work, or undefined when it is left in peace. */
  next(): Attempt | undefined {
    if (this.#random.chance(this.#rate)) this.#due += 1;
    if (this.#due === 0) return undefined;
    const isOverdue = this.#failed > 0;
    if (isOverdue) this.#failed -= 1;
    this.#due -= 1;
    return {
      isOverdue,
      happened: (fault) => {
        this.#count += 1;
        if (typeof fault === 'object' && fault !== null) this.#faults.add(fault);
      },
      cameToNothing: () => {
        this.#due += 1;
        this.#failed += 1;
      },
    };
  }
}
