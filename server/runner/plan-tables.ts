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
