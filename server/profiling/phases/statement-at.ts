import type { OperationTrace, StatementSpan } from '../../protocol/operation-trace.ts';
import type { StatementAt } from './wait-nodes.ts';

/**
 * Finds which statement of its operation PostgreSQL worked on in a row: the one that shares most time with it. Rows are
 * asked for in order of time, so each operation's statements are walked once.
 */
export function statementAt(traces: readonly OperationTrace[]): StatementAt {
  let current = -1;
  let next = 0;
  return ({ operation, startMicros, endMicros }) => {
    const spans = traces[operation]?.statements ?? [];
    if (operation !== current) {
      current = operation;
      next = 0;
    }
    // Only what ended before this row can be passed over for good; long ones may reach over later rows.
    while (next < spans.length && endOf(spans[next]) <= startMicros) next++;
    let best: StatementSpan | undefined;
    let most = 0;
    for (let at = next; at < spans.length; at++) {
      const span = spans[at];
      if (span === undefined || span.startMicros >= endMicros) break;
      const shared = Math.min(endOf(span), endMicros) - Math.max(span.startMicros, startMicros);
      if (shared <= most) continue;
      best = span;
      most = shared;
    }
    return best?.label;
  };
}

function endOf(span: StatementSpan | undefined): number {
  return span === undefined ? 0 : span.startMicros + span.durationMicros;
}
