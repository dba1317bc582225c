/*
 * V8's heap samples know their order and not their time. So a collector leaves marks between them: at each border
 * of a phase it allocates a text that is longer than the sampling interval by far, and V8 takes a sample of it. The
 * text's length says which border it was.
 */

/** Functions by these names stand on the stack of a mark's sample. */
export const MARKING_FUNCTION = 'espMarkAllocation';

/** Intervals in a mark: V8 meets it but for one in e^8, which is 3,000. */
const INTERVALS_PER_MARK = 8;

// Longer texts are large objects, which cost ten times as much, and V8 keeps texts of 1 MB and more outside of its heap.
const MAX_MARK_BYTES = 112 * 1024;

/** A mark's length tells the number of its border modulo this, so that one that V8 did not meet is noticed. */
const CODES = 32;
const CODE_STEP = 64;

/** The longest interval at which marks are met; see `INTERVALS_PER_MARK`. */
export const MAX_HEAP_INTERVAL = MAX_MARK_BYTES / INTERVALS_PER_MARK;

/** Leaves marks in the sequence of V8's heap samples, and knows them again. */
export class AllocationMarks {
  readonly #shortest: number;
  readonly #source: Buffer;
  /** When each mark was made, in microseconds. */
  readonly times: number[] = [];
  #bytes = 0;
  #millis = 0;
  #length = 0;
  /** Keeps the text, or V8 might not make it. */
  lastMark = '';

  /** @param samplingInterval bytes, at most `MAX_HEAP_INTERVAL` */
  constructor(samplingInterval: number) {
    this.#shortest = Math.min(MAX_MARK_BYTES, Math.ceil(samplingInterval * INTERVALS_PER_MARK));
    this.#source = Buffer.alloc(this.#shortest + CODES * CODE_STEP, '.');
  }

  /** Bytes of all marks. */
  get bytes(): number {
    return this.#bytes;
  }

  /** How many there are, and microseconds that each took. */
  get cost(): { readonly count: number; readonly microsEach: number } {
    const count = this.times.length;
    return { count, microsEach: count === 0 ? 0 : (this.#millis * 1e3) / count };
  }

  mark(micros: number): void {
    const start = performance.now();
    this.#length = this.#shortest + (this.times.length % CODES) * CODE_STEP;
    this.#bytes += this.#length;
    this.times.push(micros);
    // Called by V8's own code: were it inlined, its name would not stand on the stack.
    '.'.replace('.', this.#makeMark);
    this.#millis += performance.now() - start;
  }

  readonly #makeMark = namedMarker(() => {
    this.lastMark = this.#source.toString('latin1', 0, this.#length);
  });

  /** Which border a mark of this size was for, at least `next`; undefined for what is none. */
  borderOf(size: number, next: number): number | undefined {
    // V8 adds a header and rounds up, both together less than a step.
    const code = Math.floor((size - this.#shortest) / CODE_STEP);
    if (code < 0 || code >= CODES) return undefined;
    const border = next + ((((code - next) % CODES) + CODES) % CODES);
    return border < this.times.length ? border : undefined;
  }
}

/** The name is the function's own: V8 does not ask for the property. */
function namedMarker(make: () => void): () => string {
  return function espMarkAllocation() {
    make();
    return '';
  };
}
