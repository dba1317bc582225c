import * as z from 'zod';
import type { Measured, PlanNode } from '../../protocol/statement-plan.ts';
import { selfTimes, type TimedStep } from './self-times.ts';

/** What `EXPLAIN (FORMAT JSON)` gives of one statement. */
export interface ReadPlan {
  readonly plan: PlanNode;
  readonly planningMicros: number;
  readonly executionMicros: number;
  readonly settings: Readonly<Record<string, string>>;
}

const optionalNumber = z.number().default(0);

/** PostgreSQL's names; those that a server or a node does not tell are left out. */
const rawNodeSchema = z.object({
  'Node Type': z.string(),
  'Parent Relationship': z.string().optional(),
  'Subplan Name': z.string().optional(),
  Operation: z.string().optional(),
  Schema: z.string().optional(),
  'Relation Name': z.string().optional(),
  Alias: z.string().optional(),
  'Function Name': z.string().optional(),
  'CTE Name': z.string().optional(),
  'Index Name': z.string().optional(),
  'Plan Rows': optionalNumber,
  'Total Cost': optionalNumber,
  'Actual Rows': z.number().optional(),
  'Actual Loops': optionalNumber,
  'Actual Total Time': optionalNumber,
  'Workers Launched': optionalNumber,
  'Rows Removed by Filter': optionalNumber,
  'Rows Removed by Index Recheck': optionalNumber,
  'Rows Removed by Join Filter': optionalNumber,
  'Shared Hit Blocks': optionalNumber,
  'Shared Read Blocks': optionalNumber,
  'Temp Written Blocks': optionalNumber,
  Plans: z.array(z.unknown()).default([]),
});

type RawNode = z.infer<typeof rawNodeSchema>;

const rawPlanSchema = z.tuple([
  z.object({
    Plan: z.unknown(),
    'Planning Time': optionalNumber,
    'Execution Time': optionalNumber,
    Settings: z.record(z.string(), z.string()).default({}),
  }),
]);

/** Reads a plan as PostgreSQL wrote it. Throws a ZodError for what is none. */
export function readPlan(json: unknown): ReadPlan {
  const raw = rawPlanSchema.parse(json)[0];
  const root = stepOf(raw.Plan, 1);
  return {
    plan: nodeOf(root, selfTimes(root)),
    planningMicros: raw['Planning Time'] * 1000,
    executionMicros: raw['Execution Time'] * 1000,
    settings: raw.Settings,
  };
}

interface Step extends TimedStep {
  readonly json: unknown;
  readonly raw: RawNode;
  /** That shared its loops. */
  readonly processes: number;
  readonly children: readonly Step[];
}

/** @param processes that shared the node's loops: times of parallel workers pass at the same time */
function stepOf(json: unknown, processes: number): Step {
  const raw = rawNodeSchema.parse(json);
  const below = raw['Workers Launched'] > 0 ? raw['Workers Launched'] + 1 : processes;
  const own = objectOf(json);
  return {
    json,
    raw,
    processes,
    type: raw['Node Type'],
    relationship: raw['Parent Relationship'],
    subplan: raw['Subplan Name'],
    cte: raw['CTE Name'],
    expressions: JSON.stringify({ ...own, Plans: [], 'Subplan Name': '' }),
    evaluatedFirst: JSON.stringify(own['Params Evaluated'] ?? []),
    totalMicros: (raw['Actual Total Time'] * 1000 * raw['Actual Loops']) / processes,
    // What is evaluated before the workers begin is no work of theirs.
    children: raw.Plans.map((child) => stepOf(child, isInitPlan(child) ? processes : below)),
  };
}

function isInitPlan(json: unknown): boolean {
  return objectOf(json)['Parent Relationship'] === 'InitPlan';
}

function objectOf(json: unknown): Readonly<Record<string, unknown>> {
  return typeof json === 'object' && json !== null ? { ...json } : {};
}

function nodeOf(step: Step, self: ReadonlyMap<TimedStep, number>): PlanNode {
  const { raw, json } = step;
  const measured = measuredOf(step, self.get(step) ?? 0);
  const role = [raw['Parent Relationship'], raw['Subplan Name']].filter(Boolean).join(' ');
  return {
    type: raw.Operation && raw['Node Type'] === 'ModifyTable' ? raw.Operation : raw['Node Type'],
    ...(role !== '' && { role }),
    ...present('relation', raw['Relation Name'] ?? raw['Function Name'] ?? raw['CTE Name']),
    ...present('schema', raw.Schema),
    ...present('alias', raw.Alias),
    ...present('index', raw['Index Name']),
    conditions: conditionsOf(json),
    rowsEstimated: raw['Plan Rows'],
    cost: raw['Total Cost'],
    ...(measured && { measured }),
    children: step.children.map((child) => nodeOf(child, self)),
  };
}

/** PostgreSQL tells means of a loop; blocks are sums, and those of a node hold those of the nodes below it. */
function measuredOf({ raw, processes, totalMicros }: Step, selfMicros: number): Measured | undefined {
  if (raw['Actual Rows'] === undefined) return undefined;
  const loops = raw['Actual Loops'];
  // Means are rounded, to whole rows before PostgreSQL 18.
  const rows = (mean: number) => Math.round(mean * loops);
  return {
    rows: rows(raw['Actual Rows']),
    loops: loops === 0 ? 0 : Math.max(1, loops / processes),
    totalMicros,
    selfMicros,
    removedByFilter: rows(raw['Rows Removed by Filter']),
    removedByRecheck: rows(raw['Rows Removed by Index Recheck']),
    removedByJoin: rows(raw['Rows Removed by Join Filter']),
    blocks: {
      hit: raw['Shared Hit Blocks'],
      read: raw['Shared Read Blocks'],
      spilled: raw['Temp Written Blocks'],
    },
  };
}

const CONDITIONS = [
  'Index Cond',
  'Recheck Cond',
  'TID Cond',
  'Hash Cond',
  'Merge Cond',
  'Join Filter',
  'One-Time Filter',
  'Filter',
  'Order By',
];
const LISTS = ['Sort Key', 'Group Key', 'Presorted Key'];

function conditionsOf(json: unknown): { name: string; text: string }[] {
  if (typeof json !== 'object' || json === null) return [];
  const conditions: { name: string; text: string }[] = [];
  for (const name of CONDITIONS) {
    const text: unknown = Reflect.get(json, name);
    if (typeof text === 'string') conditions.push({ name, text: shortened(text) });
  }
  for (const name of LISTS) {
    const list: unknown = Reflect.get(json, name);
    if (Array.isArray(list)) conditions.push({ name, text: shortened(list.join(', ')) });
  }
  return conditions;
}

/** Conditions show values; a list of thousands of them tells no more. */
const LONGEST_CONDITION = 500;

function shortened(text: string): string {
  return text.length > LONGEST_CONDITION ? `${text.slice(0, LONGEST_CONDITION).toWellFormed()}…` : text;
}

function present<Name extends string>(name: Name, value: string | undefined) {
  return value === undefined ? {} : ({ [name]: value } as Record<Name, string>);
}
