import type pg from 'pg';
import { type ReadPlan, readPlan } from '../profiling/plans/read-plan.ts';
import { sqlTokens } from '../profiling/statements/sql-tokens.ts';
import type { KeptCall } from './kept-calls.ts';

export type KeptStatement = KeptCall['statements'][number];

export interface StatementToExplain extends KeptStatement {
  /** The connection had executed it as a prepared statement so often that PostgreSQL had settled for a kind of plan. */
  readonly hasSettledPlan: boolean;
}

/** Executions of a prepared statement that PostgreSQL plans for their values, before it compares with a plan for all. */
export const CUSTOM_PLANS_FIRST = 5;

/** Whether PostgreSQL has plans for such a statement: none for BEGIN, SET, CREATE … */
export function isExplainable(text: string): boolean {
  for (const token of sqlTokens(text)) {
    if (token.kind === 'space' || token.text === '(') continue;
    return token.kind === 'name' && EXPLAINABLE.has(token.text.toLowerCase());
  }
  return false;
}

/** First words of statements that have plans. */
const EXPLAINABLE = new Set('select with insert update delete merge values table declare'.split(' '));

/** A plan, and as PostgreSQL wrote it. */
export interface WrittenPlan extends ReadPlan {
  readonly json: unknown;
}

/**
 * Has PostgreSQL execute an EXPLAIN that gives JSON. By the extended protocol, in which a text of several statements is
 * refused before any of them is executed; pg would take the other one for a text without values.
 */
export async function writtenPlan(
  client: pg.Client,
  text: string,
  values: readonly (string | Buffer | null)[] = [],
): Promise<WrittenPlan> {
  const query = { text, values: [...values], rowMode: 'array' as const, queryMode: 'extended' };
  const { rows } = await client.query<[unknown]>(query);
  const value = rows[0]?.[0];
  const json: unknown = typeof value === 'string' ? JSON.parse(value) : value;
  return { json, ...readPlan(json) };
}
