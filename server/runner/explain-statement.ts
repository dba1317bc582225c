import type pg from 'pg';
import { errorCode } from '../database/error-code.ts';
import { adviseOnPlan } from '../profiling/plans/advise-on-plan.ts';
import { ginSentence } from '../profiling/plans/gin-sentence.ts';
import { changesRows, planNodes } from '../protocol/plan-nodes.ts';
import type { ExplainedStatement, ExplainRequest, PlanNode } from '../protocol/statement-plan.ts';
import { explainPrepared } from './explain-prepared.ts';
import { explainRemarks } from './explain-remarks.ts';
import type { KeptValue } from './kept-calls.ts';
import { type LastingEffects, lastingEffects } from './lasting-effects.ts';
import { planTables } from './plan-tables.ts';
import { READ_ONLY, readingOnly } from './rolled-back.ts';
import {
  isExplainable,
  type KeptStatement,
  type StatementToExplain,
  type WrittenPlan,
  writtenPlan,
} from './statement-to-explain.ts';

/**
 * Has PostgreSQL explain one statement with its values, in the transaction that is open on the connection. Whoever opened
 * it rolls it back. Faults are those of PostgreSQL.
 */
export async function explainStatement(
  client: pg.Client,
  statement: StatementToExplain,
  analyze: ExplainRequest['analyze'],
): Promise<ExplainedStatement> {
  if (!isExplainable(statement.text)) return withoutPlan(statement.text);
  const estimate = () => explain(client, statement, 'VERBOSE');
  // The planner executes what is said to give the same always.
  const estimated = await (analyze === 'always' ? estimate() : readingOnly(client, estimate));
  const changes = planNodes(estimated.plan).some(({ type }) => changesRows(type) || type === 'LockRows');
  const effects = await lastingEffects(client, estimated, statement);
  const isWanted = analyze === 'always' || (analyze === 'auto' && !lasts(effects));
  const isReadOnly = analyze === 'auto' && !changes;
  const executed = isWanted ? await executedPlan(client, statement, isReadOnly) : undefined;
  const { planKind, ...read } = executed ?? (await readingOnly(client, () => planOf(client, statement, '')));
  const tables = await planTables(client, read.plan);
  const isAnalyzed = executed !== undefined;
  const isRefused = isWanted && !isAnalyzed;
  return {
    text: statement.text,
    plan: read.plan,
    planningMicros: read.planningMicros,
    executionMicros: read.executionMicros,
    settings: read.settings,
    planKind,
    isAnalyzed,
    tables,
    notes: [
      ...ginNote(read.plan, tables),
      ...explainRemarks({ analyze, planKind, isAnalyzed, changes, effects, isRefused }),
    ],
    advice: isAnalyzed ? adviseOnPlan(read.plan, tables) : [],
  };
}

function lasts({ advancesSequence, functions, triggers }: LastingEffects): boolean {
  return advancesSequence || functions.length > 0 || triggers.length > 0;
}

function ginNote(plan: PlanNode, tables: ExplainedStatement['tables']): string[] {
  const sentence = ginSentence(plan, tables);
  return sentence === undefined ? [] : [sentence];
}

/** Undefined where a statement that should only read would change something. */
async function executedPlan(client: pg.Client, statement: StatementToExplain, isReadOnly: boolean) {
  const execute = () => planOf(client, statement, 'ANALYZE, BUFFERS, ');
  if (!isReadOnly) return execute();
  try {
    return await readingOnly(client, execute);
  } catch (error) {
    if (errorCode(error) !== READ_ONLY) throw error;
    return undefined;
  }
}

/** The plan that the call had, with the kind of it. */
async function planOf(client: pg.Client, statement: StatementToExplain, options: string) {
  const all = `${options}SETTINGS, VERBOSE`;
  if (statement.hasSettledPlan) return explainPrepared(client, statement, all);
  return { ...(await explain(client, statement, all)), planKind: 'custom' as const };
}

function explain(client: pg.Client, { text, values }: KeptStatement, options: string): Promise<WrittenPlan> {
  return writtenPlan(client, `EXPLAIN (${options}, FORMAT JSON) ${text}`, values.map(boundValue));
}

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
