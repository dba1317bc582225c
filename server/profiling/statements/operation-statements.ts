import type { OperationTrace, PhaseSpan, StatementSpan } from '../../protocol/operation-trace.ts';
import type { Stretch } from './sent-statement.ts';
import type { StatementEntry } from './statement-entries.ts';
import type { Acquisition } from './statement-recorder.ts';

/**
 * Operation traces with the statements of each. Statements and waits for connections that lie in no phase, as those of a
 * program that tells of none, become phases of their own: what is waited for has its place whoever waits.
 *
 * @param traces operation n is at index n
 */
export function withStatements(
  traces: readonly OperationTrace[],
  entries: readonly StatementEntry[],
  acquisitions: readonly Acquisition[],
): OperationTrace[] {
  const spans = traces.map((): StatementSpan[] => []);
  for (const { label, executions } of entries) {
    for (const { operation, stretches } of executions) {
      for (const stretch of stretches) spans[operation]?.push({ label, ...stretch });
    }
  }
  const waits = traces.map((): Stretch[] => []);
  for (const { operation, ...stretch } of acquisitions) waits[operation]?.push(stretch);
  return traces.map((trace, operation) => {
    const statements = (spans[operation] ?? []).sort(byStart);
    const executing = withPhases(trace, statements, 'sql_execute');
    return {
      ...trace,
      phases: withPhases({ ...trace, phases: executing }, waits[operation] ?? [], 'connection_acquire'),
      statements,
    };
  });
}

/** The trace's phases and one for each part of the stretches that lies in the operation and in none of them. */
function withPhases(
  trace: OperationTrace,
  stretches: readonly Stretch[],
  phase: PhaseSpan['phase'],
): PhaseSpan[] {
  const phases = trace.phases.toSorted(byStart);
  const end = endOf(trace);
  let at = trace.startMicros;
  let next = 0;
  const added: PhaseSpan[] = [];
  const add = (until: number) => {
    if (until - at >= SHORTEST) added.push({ phase, startMicros: at, durationMicros: until - at });
  };
  for (const stretch of stretches.toSorted(byStart)) {
    const until = Math.min(endOf(stretch), end);
    at = Math.max(at, stretch.startMicros);
    for (; next < phases.length; next++) {
      const span = phases[next];
      if (span === undefined || span.startMicros >= until) break;
      add(Math.min(span.startMicros, until));
      at = Math.max(at, endOf(span));
      // It may reach into the next stretch as well.
      if (at > until) break;
    }
    add(until);
    at = Math.max(at, until);
  }
  return added.length === 0 ? trace.phases : [...phases, ...added].sort(byStart);
}

/** Microseconds: less is what lies between two readings of the clock. */
const SHORTEST = 1;

function byStart(a: Pick<Stretch, 'startMicros'>, b: Pick<Stretch, 'startMicros'>): number {
  return a.startMicros - b.startMicros;
}

function endOf({ startMicros, durationMicros }: Stretch): number {
  return startMicros + durationMicros;
}
