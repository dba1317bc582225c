import type { OperationTrace } from '../../protocol/operation-trace.ts';
import { UNATTRIBUTED } from '../../protocol/phase.ts';
import { OUTSIDE, type StatementShare, type StatementTotal } from '../../protocol/statement-report.ts';
import { durationOf, type StatementExecution, type Stretch } from './sent-statement.ts';
import type { StatementEntry } from './statement-entries.ts';
import { timeUnderWay } from './time-under-way.ts';

/**
 * Calls, rows and times of each statement, and of each phase of each handler that it was executed in; those that were
 * under way longest first.
 */
export function statementTotals(
  entries: readonly StatementEntry[],
  traces: readonly OperationTrace[],
): StatementTotal[] {
  const shares = timeUnderWay(entries, traces);
  return entries
    .map((entry) => ({ ...totalOf(entry, traces), underWayMicros: underWayOf(entry, shares) }))
    .sort(
      (a, b) =>
        b.underWayMicros - a.underWayMicros || b.totalMicros - a.totalMicros || a.id.localeCompare(b.id),
    );
}

function underWayOf({ executions }: StatementEntry, shares: ReadonlyMap<StatementExecution, number>): number {
  return executions.reduce((sum, execution) => sum + (shares.get(execution) ?? 0), 0);
}

function totalOf(
  { id, label, text, executions }: StatementEntry,
  traces: readonly OperationTrace[],
): StatementTotal {
  const shares = new Map<string, StatementShare>();
  let rows = 0;
  let failed = 0;
  let totalMicros = 0;
  let maxMicros = 0;
  for (const execution of executions) {
    const micros = durationOf(execution);
    rows += execution.rows;
    failed += execution.isFailed ? 1 : 0;
    totalMicros += micros;
    maxMicros = Math.max(maxMicros, micros);
    const trace = traces[execution.operation];
    const [handler, phase] = [trace?.handler ?? '', phaseOf(execution, trace)];
    const key = `${handler}\n${phase}`;
    const share = shares.get(key) ?? { handler, phase, calls: 0, rows: 0, totalMicros: 0 };
    shares.set(key, {
      ...share,
      calls: share.calls + 1,
      rows: share.rows + execution.rows,
      totalMicros: share.totalMicros + micros,
    });
  }
  const calls = executions.length;
  return {
    id,
    label,
    text: text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT).toWellFormed()}…` : text,
    calls,
    failed,
    rows,
    totalMicros,
    meanMicros: calls === 0 ? 0 : totalMicros / calls,
    maxMicros,
    shares: [...shares.values()].sort((a, b) => b.totalMicros - a.totalMicros),
  };
}

const LONGEST_TEXT = 20_000;

/** The phase that shares most time with the statement. */
function phaseOf({ stretches }: StatementExecution, trace: OperationTrace | undefined): string {
  const sharedWith = (span: Stretch) => stretches.reduce((sum, stretch) => sum + shared(stretch, span), 0);
  if (trace === undefined || sharedWith(trace) <= 0) return OUTSIDE;
  let phase: string = UNATTRIBUTED;
  let most = 0;
  for (const span of trace.phases) {
    const micros = sharedWith(span);
    if (micros <= most) continue;
    most = micros;
    phase = span.phase;
  }
  return phase;
}

function shared(a: Stretch, b: Stretch): number {
  const end = Math.min(a.startMicros + a.durationMicros, b.startMicros + b.durationMicros);
  return Math.max(0, end - Math.max(a.startMicros, b.startMicros));
}
