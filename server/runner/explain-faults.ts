import { errorCode } from '../database/error-code.ts';
import { runNotFound, seeRuns } from '../jobs/run-not-found.ts';
import { ProfilerError } from '../lib/profiler-error.ts';
import type { Run } from '../protocol/run.ts';
import type { StatementTotal } from '../protocol/statement-report.ts';

/** Nothing can be explained: the run, the statement or its values are not there. */
export class NothingToExplainError extends ProfilerError {
  override readonly name = 'NothingToExplainError';
}

/** @param workspace folder that was searched */
export function unknownRun(run: string, workspace: string): NothingToExplainError {
  return new NothingToExplainError('unknown_run', runNotFound(run, workspace), {
    advice: seeRuns(workspace),
    field: 'run',
  });
}

export function noProfile({ id, request }: Run, workspace: string): NothingToExplainError {
  const { kind } = request;
  return new NothingToExplainError(
    'no_statement',
    `Run ${id} is ${kind === 'explain' ? 'itself a plan' : `of the kind ${kind}`}; statements are kept of profiles only.`,
    { advice: `Give the id of a profile. ${seeRuns(workspace)}`, field: 'run' },
  );
}

export function notOver({ id, state }: Run): NothingToExplainError {
  return new NothingToExplainError(
    'not_finished',
    `Run ${id} is ${state}; its statements are known when it is done.`,
    { advice: 'Wait until it is done, then ask again.', field: 'run' },
  );
}

export function noUsableResult({ id, state, error }: Run): NothingToExplainError {
  const how = state === 'succeeded' ? 'has lost its result' : `${state === 'failed' ? '' : 'was '}${state}`;
  return new NothingToExplainError(
    'no_statement',
    `Run ${id} ${how}, so none of its statements are kept.${error === undefined ? '' : ` ${error.message}`}`,
    { advice: 'Profile the handler again, then explain a statement of the new run.', field: 'run' },
  );
}

interface Searched {
  readonly run: string;
  readonly handler: string;
  /** Undefined where the run is older than their being observed. */
  readonly totals: readonly StatementTotal[] | undefined;
}

export function unknownStatement(
  statement: string,
  { run, handler, totals }: Searched,
): NothingToExplainError {
  const subject = `Run ${run} of ${handler}`;
  const [first] = totals ?? [];
  if (totals === undefined || first === undefined) {
    return new NothingToExplainError(
      'no_statement',
      totals === undefined ? `${subject} kept no statements.` : `${subject} sent no SQL statement.`,
      {
        advice:
          totals === undefined
            ? 'Profile the handler again with this version, then explain a statement of the new run.'
            : 'Profile a handler that queries the database through pg, and explain a statement of that run.',
        field: 'run',
      },
    );
  }
  return new NothingToExplainError(
    'unknown_statement',
    `${subject} has no statement ${JSON.stringify(statement.slice(0, 60))}; it has ${totals.length}.`,
    {
      advice: `Give an id from the run's table of statements, or its place there: 1 is "${first.label}".`,
      field: 'statement',
    },
  );
}

export function valuesGone(run: string): NothingToExplainError {
  return new NothingToExplainError(
    'values_gone',
    `The values of the statements of run ${run} are not there any more.`,
    {
      advice: 'Profile the handler again, then explain the statement of the new run.',
    },
  );
}

/** @param reason such as `its values are too large to be kept` */
export function notKept(label: string, reason: string): NothingToExplainError {
  return new NothingToExplainError('values_gone', `"${label}" cannot be executed again: ${reason}.`, {
    advice: 'Profile the handler with a smaller input, then explain the statement of the new run.',
  });
}

export function otherDatabase(label: string, database: string): NothingToExplainError {
  return new NothingToExplainError(
    'other_database',
    `"${label}" was executed in the database ${database}, which is not the one of this server.`,
    {
      advice:
        "Start the server with that database's URL (--database-url), profile again, and explain it then.",
    },
  );
}

export function notExplainable(label: string): NothingToExplainError {
  return new NothingToExplainError('not_explainable', `PostgreSQL has no plan for "${label}".`, {
    advice: 'Plans are made for SELECT, INSERT, UPDATE, DELETE, MERGE and VALUES, one statement at a time.',
  });
}

export function severalStatements(label: string): NothingToExplainError {
  return new NothingToExplainError(
    'not_explainable',
    `"${label}" was sent as a text of several statements, which have no plan together.`,
    { advice: 'Send the statements one by one in your code, profile again, and explain one of them.' },
  );
}

/** PostgreSQL does not execute the statement as it did when it was recorded. */
export class ExplainFailedError extends ProfilerError {
  override readonly name = 'ExplainFailedError';
}

export function notRolledBack(cause: unknown): ExplainFailedError {
  return new ExplainFailedError(
    'not_rolled_back',
    'The statement ended the transaction in which it was executed, so what it changed was not rolled back.',
    { advice: 'Look at the rows that it changes, and set right what must not stay.', cause },
  );
}

const CANCELED = '57014';

/** The fault of an explained statement in a sentence. */
export function explainFault(error: unknown, label: string, timeoutSeconds: number): ExplainFailedError {
  if (error instanceof ExplainFailedError) return error;
  if (errorCode(error) === CANCELED) {
    return new ExplainFailedError(
      'statement_timeout',
      `"${label}" took longer than ${timeoutSeconds} s and was broken off.`,
      { advice: 'Give it more time, or ask for the plan without executing it.', cause: error },
    );
  }
  const reason = error instanceof Error ? error.message : String(error);
  return new ExplainFailedError('statement_failed', `PostgreSQL refuses "${label}" now: ${reason}.`, {
    advice: 'Its tables or values may have changed since it was recorded: profile the handler again.',
    cause: error,
  });
}
