import type pg from 'pg';
import { sqlTokens } from '../profiling/statements/sql-tokens.ts';
import { changesRows, planNodes } from '../protocol/plan-nodes.ts';
import type { PlanNode } from '../protocol/statement-plan.ts';
import type { KeptStatement } from './statement-to-explain.ts';

/** What no rollback would undo if a statement were executed, as far as PostgreSQL's catalogue can tell. */
export interface LastingEffects {
  readonly advancesSequence: boolean;
  /** Volatile functions, of which nothing is known. */
  readonly functions: readonly string[];
  /** That changes would fire, as `name of table`. */
  readonly triggers: readonly string[];
}

interface Planned {
  readonly plan: PlanNode;
  /** The plan as PostgreSQL wrote it, with all expressions. */
  readonly json: unknown;
}

/**
 * Looks for sequences, volatile functions and triggers. Functions are found by their names, in the expressions of the plan
 * and in the statement, so that one of several with the same name counts for all; those behind operators, casts, aggregates
 * and constraints too. What a function that is declared stable or immutable does is not looked into.
 */
export async function lastingEffects(
  client: pg.Client,
  { plan, json }: Planned,
  { text }: KeptStatement,
): Promise<LastingEffects> {
  const found = wordsOf([text, ...textsIn(json)]);
  const changed = planNodes(plan).filter(({ type }) => changesRows(type));
  const tables = [changed.map(({ schema }) => schema), changed.map(({ relation }) => relation)];
  const functions = await client.query<{ name: string }>({
    text: VOLATILE,
    values: [...tables, [...found.calls], [...found.operators], [...found.names]],
  });
  const triggers = await client.query<{ name: string }>({ text: TRIGGERS, values: tables });
  const inserted = changed.filter(({ type }) => type === 'Insert' || type === 'Merge');
  const numbered = await client.query({
    text: NUMBERED,
    values: [inserted.map(({ schema }) => schema), inserted.map(({ relation }) => relation)],
  });
  const called = functions.rows.map(({ name }) => name);
  return {
    advancesSequence: numbered.rows.length > 0 || called.some((name) => SEQUENCE_FUNCTIONS.includes(name)),
    functions: called.filter((name) => !SEQUENCE_FUNCTIONS.includes(name)),
    triggers: triggers.rows.map(({ name }) => name),
  };
}

const SEQUENCE_FUNCTIONS = ['nextval', 'setval'];

function textsIn(json: unknown): string[] {
  if (typeof json === 'string') return [json];
  if (typeof json !== 'object' || json === null) return [];
  return Object.entries(json).flatMap(([name, value]) =>
    name === 'Function Name' ? [`${String(value)}()`] : textsIn(value),
  );
}

/** Names, those in front of a bracket, and operators. */
function wordsOf(texts: readonly string[]) {
  const tokens = texts.flatMap((text) => [...sqlTokens(text)].filter(({ kind }) => kind !== 'space'));
  const names = tokens.filter(({ kind }) => kind === 'name').map(({ text }) => nameOf(text));
  const calls = tokens
    .filter(({ kind }, at) => kind === 'name' && tokens[at + 1]?.text === '(')
    .map(({ text }) => nameOf(text));
  const operators = texts.flatMap((text) =>
    [...text.matchAll(/[-+*/<>=~!@#%^&|`?]+/g)].map(([sign]) => sign),
  );
  return { names: new Set(names), calls: new Set(calls), operators: new Set(operators) };
}

function nameOf(text: string): string {
  return text.startsWith('"') ? text.slice(1, -1).replaceAll('""', '"') : text.toLowerCase();
}

/** The tables named by $1 and $2, their partitions, and those that foreign keys would change with them. */
const CHANGED = `
WITH RECURSIVE changed(oid) AS (
  SELECT c.oid FROM unnest($1::text[], $2::text[]) AS wanted(schema, name)
    JOIN pg_namespace n ON n.nspname = wanted.schema
    JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = wanted.name
  UNION
  SELECT further.oid FROM changed, LATERAL (
    SELECT inhrelid AS oid FROM pg_inherits WHERE inhparent = changed.oid
    UNION ALL
    SELECT conrelid FROM pg_constraint
     WHERE contype = 'f' AND confrelid = changed.oid AND (confdeltype NOT IN ('a', 'r') OR confupdtype NOT IN ('a', 'r'))
  ) further
)`;

const TRIGGERS = `${CHANGED}
SELECT DISTINCT format('%I of %I', t.tgname, c.relname) AS name
  FROM changed JOIN pg_trigger t ON t.tgrelid = changed.oid JOIN pg_class c ON c.oid = changed.oid
 WHERE NOT t.tgisinternal AND t.tgenabled <> 'D'
 ORDER BY 1`;

/** Volatile ones of PostgreSQL's own that leave nothing behind once the transaction and the connection are over. */
const HARMLESS = [
  '(random|random_normal|setseed|array_sample|array_shuffle|clock_timestamp|timeofday|currval|lastval|set_config|pg_notify)',
  '(pg_is_in_recovery|pg_xact_status|pg_is_wal_replay_paused|pg_current_wal_\\w*lsn|pg_last_wal_\\w+_lsn)',
  '(gen_random_uuid|uuidv4|uuidv7|pg_sleep(_for|_until)?|pg_(try_)?advisory_\\w+|pg_\\w+_size|pg_sequence_last_value)',
].join('|');

/** Objects below 16384 are PostgreSQL's own. */
const VOLATILE = `${CHANGED}
SELECT DISTINCT p.proname AS name
  FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
 WHERE p.provolatile = 'v' AND NOT (n.nspname = 'pg_catalog' AND p.proname ~ '^(${HARMLESS})$')
   AND (p.proname = ANY ($3::text[])
     OR p.oid IN (SELECT oprcode FROM pg_operator WHERE oid >= 16384 AND oprname = ANY ($4::text[]))
     OR p.oid IN (SELECT c.castfunc FROM pg_cast c JOIN pg_type t ON t.oid = c.casttarget
                   WHERE c.oid >= 16384 AND t.typname = ANY ($5::text[]))
     OR p.oid IN (SELECT unnest(ARRAY[a.aggtransfn, a.aggfinalfn, a.aggmtransfn, a.aggmfinalfn]::oid[])
                    FROM pg_aggregate a JOIN pg_proc f ON f.oid = a.aggfnoid
                   WHERE f.oid >= 16384 AND f.proname = ANY ($3::text[]))
     OR p.oid IN (SELECT d.refobjid FROM pg_depend d JOIN pg_constraint k ON k.oid = d.objid
                   WHERE d.classid = 'pg_constraint'::regclass AND d.refclassid = 'pg_proc'::regclass
                     AND (k.conrelid IN (SELECT oid FROM changed)
                       OR k.contypid IN (SELECT atttypid FROM pg_attribute WHERE attrelid IN (SELECT oid FROM changed))
                       OR k.contypid IN (SELECT oid FROM pg_type WHERE typname = ANY ($5::text[])))))
 ORDER BY 1`;

/** Columns of tables that take a number of a sequence where none is given. */
const NUMBERED = `
SELECT 1
  FROM unnest($1::text[], $2::text[]) AS wanted(schema, name)
  JOIN pg_namespace n ON n.nspname = wanted.schema
  JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = wanted.name
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
 WHERE a.attidentity <> '' OR pg_get_expr(d.adbin, d.adrelid) LIKE '%nextval(%'
 LIMIT 1`;
