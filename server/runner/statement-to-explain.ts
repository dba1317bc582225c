import { type ReadPlan, readPlan } from '../profiling/plans/read-plan.ts';
import type { KeptCall } from './statement-values.ts';

export type KeptStatement = KeptCall['statements'][number];

export interface StatementToExplain extends KeptStatement {
  /** The connection had executed it as a prepared statement so often that PostgreSQL had settled for a kind of plan. */
  readonly hasSettledPlan: boolean;
}

/** Executions of a prepared statement that PostgreSQL plans for their values, before it compares with a plan for all. */
export const CUSTOM_PLANS_FIRST = 5;

/** The one value of the one row that EXPLAIN gives. */
export function planIn(rows: readonly (readonly unknown[])[]): ReadPlan {
  const value = rows[0]?.[0];
  return readPlan(typeof value === 'string' ? JSON.parse(value) : value);
}
