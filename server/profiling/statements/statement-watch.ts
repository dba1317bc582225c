import type { Submitted } from './pg-shapes.ts';
import type { SentStatement, Stretch } from './sent-statement.ts';

export interface WatchedAnswer {
  readonly stretches: readonly Stretch[];
  readonly rows: number;
  readonly isFailed: boolean;
}

interface WatchOptions {
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
export function watchStatement(submitted: Submitted, options: WatchOptions): void {
  const { now } = options;
  const stretches: Stretch[] = [];
  const counter = new RowCounter();
  let start = options.isWaiting ? undefined : options.askedMicros;
  let reads = 0;
  let isOver = false;

  const begin = () => {
    start ??= now();
  };
  const pause = () => {
    if (start === undefined) return;
    stretches.push({ startMicros: start, durationMicros: now() - start });
    start = undefined;
  };
  const end = (isFailed: boolean) => {
    if (isOver) return;
    isOver = true;
    pause();
    options.ended({ stretches, rows: counter.rows, isFailed });
  };

  if (options.isWaiting) before(submitted, 'submit', begin);
  before(submitted, 'handleCommandComplete', (message) => {
    reads = 0;
    counter.completed(message);
  });
  before(submitted, 'handleReadyForQuery', () => end(false));
  before(submitted, 'handleError', () => end(true));
  const reader = submitted.cursor ?? submitted;
  if (isPlain(submitted)) return;
  // Only a portal's rows must be counted one by one: of all others the tag tells.
  if ('handlePortalSuspended' in submitted) before(submitted, 'handleDataRow', () => counter.row());
  before(submitted, 'handlePortalSuspended', () => {
    reads = 0;
    counter.suspended();
    pause();
  });
  // A cursor that nobody reads yet is described, and then waits for its first reader.
  if (reader !== submitted || !('requiresPreparation' in submitted)) {
    before(submitted, 'handleRowDescription', () => {
      if (reads === 0) pause();
    });
  }
  before(reader, '_getRows', () => {
    reads += 1;
    if (!isOver) begin();
  });
}

/** What was sent; a submittable that tells nothing is called by the name of its class. */
export function statementsOf(submitted: Submitted): readonly SentStatement[] {
  if (Array.isArray(submitted.statements) && submitted.statements.length > 0) {
    return submitted.statements.map(sentStatement);
  }
  const source = typeof submitted.text === 'string' || !submitted.cursor ? submitted : submitted.cursor;
  return [sentStatement(source)];
}

function sentStatement(source: Submitted): SentStatement {
  const { text, values, name } = source;
  const what = typeof name === 'string' && name !== '' ? name : source.constructor.name;
  const sent = {
    text: typeof text === 'string' ? text : `(${what})`,
    values: Array.isArray(values) ? values : [],
  };
  return typeof name === 'string' && name !== '' ? { ...sent, name } : sent;
}

/** pg's own statement, read in one go: its rows are counted by PostgreSQL. */
function isPlain(submitted: Submitted): boolean {
  return 'requiresPreparation' in submitted && !submitted.rows;
}

/** Calls the observer first; the method gets what it would have got. */
function before(target: Submitted, name: string, observe: (message: unknown) => void): void {
  const method = target[name];
  if (typeof method !== 'function') return;
  target[name] = function observed(this: unknown, ...given: unknown[]): unknown {
    observe(given[0]);
    return Reflect.apply(method, this, given);
  };
}

/** Rows by the tag of each completed command (`SELECT 3`, `INSERT 0 5`), or as they came where a portal was read in parts. */
class RowCounter {
  rows = 0;
  #came = 0;

  row(): void {
    this.#came += 1;
  }

  suspended(): void {
    this.rows += this.#came;
    this.#came = 0;
  }

  completed(message: unknown): void {
    this.rows += Math.max(this.#came, countInTag(message));
    this.#came = 0;
  }
}

function countInTag(message: unknown): number {
  const tag = typeof message === 'object' && message !== null && 'text' in message ? message.text : '';
  const count = typeof tag === 'string' ? Number(tag.slice(tag.lastIndexOf(' ') + 1)) : Number.NaN;
  return Number.isInteger(count) ? count : 0;
}
