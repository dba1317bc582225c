import pg from 'pg';
import { systemClock } from '../lib/clock.ts';
import { withStatements } from '../profiling/statements/operation-statements.ts';
import { statementEntries } from '../profiling/statements/statement-entries.ts';
import { StatementNames } from '../profiling/statements/statement-names.ts';
import { StatementRecorder } from '../profiling/statements/statement-recorder.ts';
import { statementTotals } from '../profiling/statements/statement-totals.ts';
import type { OperationTrace } from '../protocol/operation-trace.ts';
import type { StatementReport } from '../protocol/statement-report.ts';
import type { RunnableHandler } from '../workload/runnable-handler.ts';
import type { RunContext } from './run-context.ts';
import { type CountedStatements, countStatements, figuresBetween } from './server-statements.ts';
import { writeStatementValues } from './statement-values.ts';

export interface ObservedOperations {
  /** With their statements, and phases for what was waited for in none. */
  readonly traces: readonly OperationTrace[];
  readonly statements: StatementReport;
  /** How many there were, of all texts. */
  readonly executed: number;
}

/** Observes the SQL statements of a profile's operations, from before the handler's code is loaded to the end of the run. */
export class ProfiledStatements implements Disposable {
  readonly #recorder = new StatementRecorder(systemClock, pg);
  readonly #pool: pg.Pool;
  readonly #context: RunContext;
  #before: CountedStatements | undefined;

  constructor(pool: pg.Pool, context: RunContext) {
    this.#pool = pool;
    this.#context = context;
  }

  /** The handler with each of its executions observed from now on. Counts what PostgreSQL has executed by now. */
  async begin(handler: RunnableHandler): Promise<RunnableHandler> {
    this.#recorder.lookAgain();
    this.#before = await countStatements(this.#pool);
    const { name, kind, summary } = handler;
    return {
      name,
      kind,
      summary,
      execute: (iteration, signal) =>
        this.#recorder.ofOperation(iteration, () => handler.execute(iteration, signal)),
      lastInput: () => handler.lastInput?.(),
    };
  }

  /**
   * What was observed of the operations. Keeps the values of each statement's slowest call in the run's folder.
   * @throws FileFaultError
   */
  async end(traces: readonly OperationTrace[]): Promise<ObservedOperations> {
    this[Symbol.dispose]();
    const { executions, acquisitions, slowest } = this.#recorder.recorded;
    const entries = statementEntries(executions);
    const { directory, databaseUrl } = this.#context.order;
    const observed = withStatements(traces, entries, acquisitions);
    const totals = statementTotals(entries, observed);
    const kept = totals.slice(0, MOST_STATEMENTS);
    const ids = new Set(kept.map(({ id }) => id));
    const keptEntries = entries.filter(({ id }) => ids.has(id));
    await writeStatementValues(directory, { entries: keptEntries, slowest, databaseUrl });
    return {
      traces: observed,
      executed: executions.length,
      statements: {
        statements: kept,
        leftOut: totals.length - kept.length,
        server: figuresBetween(
          this.#before,
          await countStatements(this.#pool),
          new StatementNames(entries.map(({ text }) => text)),
        ),
      },
    };
  }

  [Symbol.dispose](): void {
    this.#recorder[Symbol.dispose]();
  }
}

/** Nobody reads more; a program that puts values where no normalising finds them would fill the result. */
const MOST_STATEMENTS = 200;
