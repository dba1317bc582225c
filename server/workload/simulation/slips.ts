import type { Random } from '../../lib/random.ts';

/** What somebody does instead of what makes sense. */
export type Slip = 'repeat' | 'mistake';

/*
 * Nobody presses a button only once, and nobody is always right. With these shares some 86 % of the commands append what
 * they are meant to, and 8 % come to nothing.
 */
const COMMANDS = 50;
const REPEATS = 4;
const MISTAKES = 3;

/**
 * Decides when somebody slips. Of every 50 commands the same number do, in an order that the seed decides: left to chance,
 * a run of some seconds could have half as many again.
 */
export class Slips {
  readonly #random: Random;
  #left = { commands: 0, repeats: 0, mistakes: 0 };

  constructor(random: Random) {
    this.#random = random;
  }

  /** For the next command. */
  next(): Slip | undefined {
    if (this.#left.commands === 0) {
      this.#left = { commands: COMMANDS, repeats: REPEATS, mistakes: MISTAKES };
    }
    const left = this.#left;
    const drawn = this.#random.below(left.commands);
    left.commands -= 1;
    if (drawn < left.repeats) {
      left.repeats -= 1;
      return 'repeat';
    }
    if (drawn >= left.repeats + left.mistakes) return undefined;
    left.mistakes -= 1;
    return 'mistake';
  }
}
