import type pg from 'pg';
import { planNodes } from '../protocol/plan-nodes.ts';
import type { PlanNode, PlanTable } from '../protocol/statement-plan.ts';

/** The tables that a plan reads or changes, with their sizes and indexes. */
export async function planTables(client: pg.Client, plan: PlanNode): Promise<PlanTable[]> {
  const wanted = new Map<string, readonly [schema: string, name: string]>();
  for (const { relation, schema } of planNodes(plan)) {
    if (relation !== undefined && schema !== undefined)
      wanted.set(`${schema}.${relation}`, [schema, relation]);
  }
  const tables: PlanTable[] = [];
  for (const [schema, name] of wanted.values()) {
    const { rows } = await client.query<{ rows: string; indexes: string }>({
      text: TABLE,
      values: [schema, name],
    });
    const [facts] = rows;
    // A function in the place of a table has neither.
    if (facts === undefined) continue;
    const indexes: PlanTable['indexes'] = JSON.parse(facts.indexes);
    tables.push({ schema, name, rows: Number(facts.rows), indexes });
  }
  return tables;
}

/** Whether a row that is inserted takes a number of a sequence. */
export async function advancesSequence(client: pg.Client, plan: PlanNode, text: string): Promise<boolean> {
  if (/\b(nextval|setval)\s*\(/i.test(text)) return true;
  for (const { type, relation, schema } of planNodes(plan)) {
    if (type !== 'Insert' && type !== 'Merge') continue;
    const { rows } = await client.query<{ n: string }>({ text: SEQUENCES, values: [schema, relation] });
    if (Number(rows[0]?.n ?? 0) > 0) return true;
  }
  return false;
}

export function changesRows(plan: PlanNode): boolean {
  return planNodes(plan).some(({ type }) => ['Insert', 'Update', 'Delete', 'Merge'].includes(type));
}

/** Of a table that was never analysed `reltuples` is -1; the counter of live rows is right as long as nobody resets it. */
const TABLE = `
SELECT (CASE WHEN c.reltuples > 0 THEN c.reltuples ELSE coalesce(s.n_live_tup, 0) END)::bigint::text AS rows,
       coalesce((SELECT json_agg(json_build_object('name', i.relname, 'method', am.amname,
                                                   'definition', pg_get_indexdef(i.oid)) ORDER BY i.relname)
                   FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_am am ON am.oid = i.relam
                  WHERE x.indrelid = c.oid), '[]')::text AS indexes
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_stat_all_tables s ON s.relid = c.oid
 WHERE n.nspname = $1 AND c.relname = $2`;

const SEQUENCES = `
SELECT count(*)::text AS n
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
 WHERE n.nspname = $1 AND c.relname = $2
   AND (a.attidentity <> '' OR pg_get_expr(d.adbin, d.adrelid) LIKE '%nextval(%')`;
