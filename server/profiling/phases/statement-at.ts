import type { OperationTrace, StatementSpan } from '../../protocol/operation-trace.ts';
import type { StatementAt } from './wait-nodes.ts';

/**
 * Finds which statement of its operation PostgreSQL worked on in a row: the one that shares most time with it, of equal
 * ones the first. However many statements overlap, a row looks at those only that begin in it.
 */
export function statementAt(traces: readonly OperationTrace[]): StatementAt {
  const known = new Map<number, SortedStatements>();
  return ({ operation, startMicros, endMicros }) => {
    const statements = known.get(operation) ?? sortedStatements(traces[operation]?.statements ?? []);
    known.set(operation, statements);
    return best(statements, startMicros, endMicros)?.label;
  };
}

interface SortedStatements {
  readonly spans: readonly StatementSpan[];
  readonly starts: Float64Array;
  /** The latest end of all up to each. */
  readonly latestEnds: Float64Array;
}

function sortedStatements(statements: readonly StatementSpan[]): SortedStatements {
  const spans = statements.toSorted((a, b) => a.startMicros - b.startMicros);
  const latestEnds = Float64Array.from(spans, endOf);
  for (let at = 1; at < spans.length; at++) {
    latestEnds[at] = Math.max(latestEnds[at] ?? 0, latestEnds[at - 1] ?? 0);
  }
  return { spans, starts: Float64Array.from(spans, (span) => span.startMicros), latestEnds };
}

function best(
  { spans, starts, latestEnds }: SortedStatements,
  startMicros: number,
  endMicros: number,
): StatementSpan | undefined {
  const firstInside = firstFrom(starts, startMicros);
  // Of those that run when the row begins, the one that ends last shares most; the latest ends so far only grow.
  const reached = Math.min(latestEnds[firstInside - 1] ?? -Infinity, endMicros);
  let found: StatementSpan | undefined;
  let most = reached - startMicros;
  if (most > 0) found = spans[firstFrom(latestEnds, reached)];
  else most = 0;
  for (let at = firstInside; at < spans.length; at++) {
    const span = spans[at];
    if (span === undefined || span.startMicros >= endMicros) break;
    const shared = Math.min(endOf(span), endMicros) - span.startMicros;
    if (shared <= most) continue;
    found = span;
    most = shared;
  }
  return found;
}

/** Index of the first of rising values that is at least `least`. */
function firstFrom(values: Float64Array, least: number): number {
  let [low, high] = [0, values.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((values[middle] ?? 0) < least) low = middle + 1;
    else high = middle;
  }
  return low;
}

function endOf({ startMicros, durationMicros }: StatementSpan): number {
  return startMicros + durationMicros;
}
