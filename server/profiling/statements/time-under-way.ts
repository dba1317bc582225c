import type { OperationTrace } from '../../protocol/operation-trace.ts';
import type { Phase } from '../../protocol/phase.ts';
import type { StatementExecution, Stretch } from './sent-statement.ts';
import type { StatementEntry } from './statement-entries.ts';

/**
 * Microseconds that each execution was under way at PostgreSQL: the part of its time in which its operation was in a
 * phase that ends with PostgreSQL's answer. While an operation works on one batch of rows as the next is on its way, it is
 * in no such phase. The process itself may work in one, on this or another operation: only samples tell how much of it was
 * nothing but waiting. What several statements have in common is shared by them, so that all are never more than the
 * operation took.
 *
 * @param traces with the statements' own phases; see `withStatements`
 */
export function timeUnderWay(
  entries: readonly StatementEntry[],
  traces: readonly OperationTrace[],
): Map<StatementExecution, number> {
  const pieces = traces.map((): Piece[] => []);
  const phases = traces.map(phasesOf);
  for (const { executions } of entries) {
    for (const execution of executions) {
      for (const stretch of execution.stretches) {
        const spans = phases[execution.operation] ?? [];
        for (const piece of common(stretch, spans))
          pieces[execution.operation]?.push({ execution, ...piece });
      }
    }
  }
  const shares = new Map<StatementExecution, number>();
  for (const ofOperation of pieces) share(ofOperation, shares);
  return shares;
}

/** In which an operation goes on only when PostgreSQL has answered. */
const AT_POSTGRES: readonly Phase[] = [
  'connection_acquire',
  'sql_execute',
  'append',
  'snapshot_load',
  'snapshot_save',
];

interface Span {
  readonly start: number;
  readonly end: number;
}

interface Piece extends Span {
  readonly execution: StatementExecution;
}

/** In order, without overlaps: phases of an operation have none. */
function phasesOf({ phases }: OperationTrace): Span[] {
  return phases
    .filter(({ phase }) => AT_POSTGRES.includes(phase))
    .map(({ startMicros, durationMicros }) => ({ start: startMicros, end: startMicros + durationMicros }))
    .sort((a, b) => a.start - b.start);
}

function common({ startMicros, durationMicros }: Stretch, spans: readonly Span[]): Span[] {
  const until = startMicros + durationMicros;
  const found: Span[] = [];
  for (let at = firstEndingAfter(spans, startMicros); at < spans.length; at++) {
    const span = spans[at];
    if (span === undefined || span.start >= until) break;
    found.push({ start: Math.max(span.start, startMicros), end: Math.min(span.end, until) });
  }
  return found;
}

function firstEndingAfter(spans: readonly Span[], micros: number): number {
  let [low, high] = [0, spans.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((spans[middle]?.end ?? 0) <= micros) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Goes through the moments at which a piece begins or ends; what lies between two is shared by those under way. */
function share(pieces: readonly Piece[], shares: Map<StatementExecution, number>): void {
  const moments = pieces
    .flatMap((piece) => [
      { micros: piece.start, piece, begins: true },
      { micros: piece.end, piece, begins: false },
    ])
    .sort((a, b) => a.micros - b.micros);
  const underWay = new Set<Piece>();
  let since = 0;
  for (const { micros, piece, begins } of moments) {
    for (const { execution } of underWay) {
      shares.set(execution, (shares.get(execution) ?? 0) + (micros - since) / underWay.size);
    }
    since = micros;
    if (begins) underWay.add(piece);
    else underWay.delete(piece);
  }
}
