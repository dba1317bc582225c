import type { RunDirectory } from '../jobs/run-directory.ts';
import { statementCount } from '../profiling/statements/sql-tokens.ts';
import type { Run } from '../protocol/run.ts';
import type { ExplainRequest } from '../protocol/statement-plan.ts';
import type { StatementTotal } from '../protocol/statement-report.ts';
import {
  noProfile,
  notExplainable,
  notKept,
  notOver,
  noUsableResult,
  otherDatabase,
  severalStatements,
  unknownRun,
  unknownStatement,
  valuesGone,
} from './explain-faults.ts';
import { type KeptCall, readStatementValues } from './kept-calls.ts';
import { isExplainable } from './statement-to-explain.ts';

export interface FoundStatement {
  readonly handler: string;
  readonly total: StatementTotal;
  readonly call: KeptCall;
}

/**
 * The statement that somebody wants explained, from what is kept of the run that it was recorded in.
 * @throws NothingToExplainError with the same sentence whoever looks: the command line, the server, the run itself
 */
export async function findStatement(
  runs: RunDirectory,
  { run: id, statement }: Pick<ExplainRequest, 'run' | 'statement'>,
): Promise<FoundStatement> {
  const run = await runs.find(id);
  if (run === undefined) throw unknownRun(id, runs.workspace);
  const { handler, totals } = await statementsOf(run, runs);
  const total = totals?.find((each) => each.id === statement) ?? totals?.[placeIn(statement)];
  if (total === undefined) throw unknownStatement(statement, { run: id, handler, totals });
  return { handler, total, call: await callOf(runs.folderOf(id), id, total) };
}

async function statementsOf(run: Run, runs: RunDirectory) {
  if (run.request.kind !== 'profile') throw noProfile(run, runs.workspace);
  if (run.endedAt === undefined) throw notOver(run);
  const result = await runs.readResult(run.id);
  if (result?.kind !== 'profile') throw noUsableResult(run);
  return { handler: result.handler, totals: result.statements?.statements };
}

/** From 0; an id of digits alone is never so small. */
function placeIn(statement: string): number {
  return /^\d{1,3}$/.test(statement) ? Number(statement) - 1 : -1;
}

async function callOf(folder: string, run: string, { id, label }: StatementTotal): Promise<KeptCall> {
  const call = await readStatementValues(folder, id);
  if (call === undefined) throw valuesGone(run);
  if (typeof call === 'string') throw notKept(label, call);
  if (!call.isOwnDatabase) throw otherDatabase(label, call.database);
  if (call.statements.some(({ text }) => statementCount(text) > 1)) throw severalStatements(label);
  if (!call.statements.some(({ text }) => isExplainable(text))) throw notExplainable(label);
  return call;
}
