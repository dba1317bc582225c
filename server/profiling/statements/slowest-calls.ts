import { durationOf, type StatementCall } from './sent-statement.ts';

/**
 * The slowest call of each statement with its values: those of all calls would be all that a run has read and written.
 * Calls whose values have no room are left out.
 */
export class SlowestCalls<Key> {
  readonly #calls = new Map<Key, StatementCall>();
  #bytes = 0;

  get calls(): ReadonlyMap<Key, StatementCall> {
    return this.#calls;
  }

  take(key: Key, call: StatementCall): void {
    const slowest = this.#calls.get(key);
    if (slowest !== undefined && !isBetterSample(call, slowest)) return;
    const bytes = this.#bytes + sizeOf(call) - (slowest === undefined ? 0 : sizeOf(slowest));
    if (bytes > MOST_BYTES) return;
    this.#calls.set(key, call);
    this.#bytes = bytes;
  }
}

/** About; four times what is written down in the end. */
const MOST_BYTES = 64 * 1024 * 1024;

function isBetterSample(call: StatementCall, other: StatementCall): boolean {
  if (call.isFailed !== other.isFailed) return other.isFailed;
  return durationOf(call) > durationOf(other);
}

function sizeOf({ statements }: StatementCall): number {
  return statements.reduce((sum, { text, values }) => sum + text.length + valueSize(values, 0), 0);
}

function valueSize(value: unknown, depth: number): number {
  if (typeof value === 'string') return value.length;
  if (ArrayBuffer.isView(value)) return value.byteLength;
  if (typeof value !== 'object' || value === null || depth > DEEPEST) return 8;
  let size = 16;
  for (const part of Array.isArray(value) ? value : Object.values(value)) size += valueSize(part, depth + 1);
  return size;
}

const DEEPEST = 6;
