import type { ProfileResult } from '../protocol/run.ts';
import { serverTable, statementTable } from '../protocol/statement-table.ts';

const SHOWN = 5;
const SHOWN_TO_VERBOSE = 30;

/** The statements of a profile, as paragraphs for a terminal; none where none was observed. */
export function statementLines(
  run: string,
  { statements, operationMicros }: ProfileResult,
  isVerbose: boolean,
): string[] {
  if (statements === undefined || statements.statements.length === 0) return [];
  const most = isVerbose ? SHOWN_TO_VERBOSE : SHOWN;
  const paragraphs = [
    `SQL statements of the operations; "eventstore-profiler explain ${run} <id>" shows how PostgreSQL executes one:\n${statementTable(statements, { operationMicros, most })}`,
  ];
  if (isVerbose) {
    paragraphs.push(
      `What PostgreSQL itself counted during the run (pg_stat_statements):\n${serverTable(statements.server, most)}`,
    );
  }
  return paragraphs;
}
