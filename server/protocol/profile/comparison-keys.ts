import { ALL_FUNCTIONS } from './comparison.ts';
import { PHASE_SLOTS } from './comparison-batches.ts';
import { grown } from './grown.ts';

/** In `ComparisonKeys.slot`: all phases. */
export const EVERY_PHASE = PHASE_SLOTS;

/**
 * The lines of one handler's comparison, in the order in which they are first asked for: phases and functions, each
 * alone and all together.
 */
export class ComparisonKeys {
  length = 0;
  /** By line: a phase, the place behind them for none, `EVERY_PHASE`. */
  slot = new Uint8Array(256);
  /** By line: a function, `ALL_FUNCTIONS`. */
  function = new Int32Array(256);
  readonly #lines: Int32Array;
  readonly #functions: number;

  constructor(functions: number) {
    this.#functions = functions - ALL_FUNCTIONS;
    this.#lines = new Int32Array((PHASE_SLOTS + 1) * this.#functions).fill(-1);
  }

  lineOf(slot: number, functionIndex: number): number {
    const place = slot * this.#functions + functionIndex - ALL_FUNCTIONS;
    const known = this.#lines[place] ?? -1;
    if (known >= 0) return known;
    this.#lines[place] = this.length;
    return this.#add(slot, functionIndex);
  }

  /** Begins with the next handler. */
  clear(): void {
    this.length = 0;
    this.#lines.fill(-1);
  }

  #add(slot: number, functionIndex: number): number {
    if (this.length === this.slot.length) {
      this.slot = grown(this.slot, new Uint8Array(this.length * 2));
      this.function = grown(this.function, new Int32Array(this.length * 2));
    }
    this.slot[this.length] = slot;
    this.function[this.length] = functionIndex;
    return this.length++;
  }
}
