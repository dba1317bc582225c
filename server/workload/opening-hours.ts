import type { Random } from '../lib/random.ts';

const SECOND = 1_000;
const HOUR = 3_600 * SECOND;
const DAY = 24 * HOUR;
const OPENS = 9 * HOUR;
const CLOSES = 20 * HOUR;

// Some 1,300 steps a day: a busy city library.
const LONGEST_PAUSE_SECONDS = 60;

/** The time in a library that is open from 9 to 20 o'clock UTC; it only moves forward. */
export class OpeningHours {
  readonly #random: Random;
  #millis: number;

  constructor(startAt: Date, random: Random) {
    this.#millis = startAt.getTime();
    this.#random = random;
  }

  get now(): Date {
    return new Date(this.#millis);
  }

  /** Lets 1 to 60 seconds pass; what would happen after closing time happens the next morning. */
  pass(): Date {
    this.#millis += (1 + this.#random.below(LONGEST_PAUSE_SECONDS)) * SECOND;
    const sinceMidnight = this.#millis % DAY;
    if (sinceMidnight < OPENS) this.#millis += OPENS - sinceMidnight;
    else if (sinceMidnight >= CLOSES) this.#millis += DAY - sinceMidnight + OPENS;
    return this.now;
  }
}
