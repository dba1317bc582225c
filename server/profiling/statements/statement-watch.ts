import { countInTag } from './command-tag.ts';
import type { Stretch } from './sent-statement.ts';

export interface WatchedAnswer {
  readonly stretches: readonly Stretch[];
  readonly rows: number;
  readonly isFailed: boolean;
}

export interface WatchOptions {
  /** Whether it stands in the connection's queue, and so has not begun. */
  readonly isWaiting: boolean;
  readonly askedMicros: number;
  readonly now: () => number;
  /** Told once, at the end. */
  readonly ended: (answer: WatchedAnswer) => void;
}

/**
 * Watches one statement from when it is sent to its last answer, by what pg calls on it. Between two batches of a
 * cursor PostgreSQL has nothing to do for it: that time is none of the statement's.
 */
export class StatementWatch {
  readonly #options: WatchOptions;
  readonly #stretches: Stretch[] = [];
  readonly #rows = new RowCounter();
  #startMicros: number | undefined;
  #reads = 0;
  #isOver = false;

  constructor(options: WatchOptions) {
    this.#options = options;
    if (!options.isWaiting) this.#startMicros = options.askedMicros;
  }

  begin(): void {
    this.#startMicros ??= this.#options.now();
  }

  completed(message: unknown): void {
    this.#reads = 0;
    this.#rows.completed(message);
  }

  end(isFailed: boolean): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#pause();
    this.#options.ended({ stretches: this.#stretches, rows: this.#rows.rows, isFailed });
  }

  row(message: unknown): void {
    this.#rows.row(message);
  }

  suspended(): void {
    this.#reads = 0;
    this.#rows.suspended();
    this.#pause();
  }

  /** A cursor that nobody reads yet is described, and then waits for its first reader. */
  described(): void {
    if (this.#reads === 0) this.#pause();
  }

  read(): void {
    this.#reads += 1;
    if (!this.#isOver) this.begin();
  }

  #pause(): void {
    const startMicros = this.#startMicros;
    if (startMicros === undefined) return;
    this.#stretches.push({ startMicros, durationMicros: this.#options.now() - startMicros });
    this.#startMicros = undefined;
  }
}

/**
 * Rows by the tag of each completed command (`SELECT 3`, `INSERT 0 5`), or as they came where a portal was read in parts.
 * A message counts once: a class of statements and the one that it extends may both tell it.
 */
class RowCounter {
  rows = 0;
  #came = 0;
  #last: unknown;

  row(message: unknown): void {
    if (message === this.#last) return;
    this.#last = message;
    this.#came += 1;
  }

  suspended(): void {
    this.rows += this.#came;
    this.#came = 0;
  }

  completed(message: unknown): void {
    if (message === this.#last) return;
    this.#last = message;
    this.rows += Math.max(this.#came, countInTag(message));
    this.#came = 0;
  }
}
