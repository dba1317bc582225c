import type pg from 'pg';
import { adviseOnPlan } from '../profiling/plans/advise-on-plan.ts';
import { ginSentence } from '../profiling/plans/gin-sentence.ts';
import type { ReadPlan } from '../profiling/plans/read-plan.ts';
import type { ExplainedStatement, ExplainRequest } from '../protocol/statement-plan.ts';
import { explainPrepared } from './explain-prepared.ts';
import { advancesSequence, changesRows, planTables } from './plan-tables.ts';
import { type KeptStatement, planIn, type StatementToExplain } from './statement-to-explain.ts';
import type { KeptValue } from './statement-values.ts';

/**
 * Has PostgreSQL explain one statement with its values, in the transaction that is open on the connection. Whoever opened
 * it rolls it back. Faults are those of PostgreSQL.
 */
export async function explainStatement(
  client: pg.Client,
  statement: StatementToExplain,
  analyze: ExplainRequest['analyze'],
): Promise<ExplainedStatement> {
  const estimated = await explain(client, statement, 'VERBOSE');
  if (estimated === undefined) return withoutPlan(statement.text);
  const changes = changesRows(estimated.plan);
  const advances = await advancesSequence(client, estimated.plan, statement.text);
  const isAnalyzed = analyze === 'always' || (analyze === 'auto' && !advances);
  const options = isAnalyzed ? 'ANALYZE, BUFFERS, SETTINGS, VERBOSE' : 'SETTINGS, VERBOSE';
  const { planKind, ...read } = statement.hasSettledPlan
    ? await explainPrepared(client, statement, options)
    : { ...((await explain(client, statement, options)) ?? estimated), planKind: 'custom' as const };
  const tables = await planTables(client, read.plan);
  const gin = ginSentence(read.plan, tables);
  return {
    text: statement.text,
    ...read,
    planKind,
    isAnalyzed,
    tables,
    notes: [
      ...(gin === undefined ? [] : [gin]),
      ...remarks({ isAnalyzed, changes, advances, analyze, planKind }),
    ],
    advice: isAnalyzed ? adviseOnPlan(read.plan, tables) : [],
  };
}

/** Undefined for what PostgreSQL has no plan for. */
async function explain(
  client: pg.Client,
  { text, values }: KeptStatement,
  options: string,
): Promise<ReadPlan | undefined> {
  if (!EXPLAINABLE.test(text)) return undefined;
  const { rows } = await client.query<[unknown]>({
    text: `EXPLAIN (${options}, FORMAT JSON) ${text}`,
    values: values.map(boundValue),
    rowMode: 'array',
  });
  return planIn(rows);
}

const EXPLAINABLE =
  /^(\s|\(|--[^\n]*\n|\/\*[\s\S]*?\*\/)*(select|with|insert|update|delete|merge|values|table|declare)\b/i;

function boundValue(value: KeptValue): string | Buffer | null {
  return typeof value === 'object' && value !== null ? Buffer.from(value.base64, 'base64') : value;
}

function withoutPlan(text: string): ExplainedStatement {
  return {
    text,
    planKind: 'custom',
    isAnalyzed: false,
    planningMicros: 0,
    executionMicros: 0,
    settings: {},
    tables: [],
    notes: ['PostgreSQL has no plan for such a statement.'],
    advice: [],
  };
}

interface Remarks {
  readonly isAnalyzed: boolean;
  readonly changes: boolean;
  readonly advances: boolean;
  readonly analyze: ExplainRequest['analyze'];
  readonly planKind: ExplainedStatement['planKind'];
}

function remarks({ isAnalyzed, changes, advances, analyze, planKind }: Remarks): string[] {
  const notes: string[] = [];
  if (planKind === 'generic') {
    notes.push(
      'This is the plan for all values of the prepared statement, as PostgreSQL had chosen it for the call.',
    );
  }
  if (isAnalyzed && changes) {
    notes.push(
      'The statement was executed in a transaction that was rolled back: what it changed is as it was.',
    );
  }
  if (isAnalyzed && advances) notes.push('Sequences have advanced: no rollback sets them back.');
  if (!isAnalyzed && analyze === 'auto') {
    notes.push(
      'The statement was not executed, as it would advance a sequence: the figures are estimates. Ask to analyze it always to have it executed and rolled back.',
    );
  }
  return notes;
}
