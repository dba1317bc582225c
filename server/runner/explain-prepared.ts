import type pg from 'pg';
import type { ExplainedStatement } from '../protocol/statement-plan.ts';
import type { KeptValue } from './kept-calls.ts';
import {
  CUSTOM_PLANS_FIRST,
  type StatementToExplain,
  type WrittenPlan,
  writtenPlan,
} from './statement-to-explain.ts';

const NAME = 'eventstore_profiler_explained';

/**
 * Explains a statement as the prepared one that it was: PostgreSQL plans the first executions for their values and then
 * decides whether one plan for all is as good. Planning without executing counts for that, so the plan that is told is the
 * one that such a connection uses. https://www.postgresql.org/docs/current/sql-prepare.html
 *
 * EXECUTE takes no bound values. So each is bound to a setting of the transaction, and EXECUTE reads the settings.
 */
export async function explainPrepared(
  client: pg.Client,
  { text, values }: StatementToExplain,
  options: string,
): Promise<WrittenPlan & { readonly planKind: ExplainedStatement['planKind'] }> {
  // What failed before has left its own; prepared statements are not rolled back.
  await client.query('DEALLOCATE ALL');
  const prepare = { text: `PREPARE ${NAME} AS ${text}`, queryMode: 'extended' };
  await client.query(prepare);
  const call = await callOf(client, values);
  for (let execution = 0; execution < CUSTOM_PLANS_FIRST; execution++) await client.query(`EXPLAIN ${call}`);
  const genericBefore = await genericPlans(client);
  const written = await writtenPlan(client, `EXPLAIN (${options}, FORMAT JSON) ${call}`);
  const planKind = (await genericPlans(client)) > genericBefore ? 'generic' : 'custom';
  await client.query(`DEALLOCATE ${NAME}`);
  return { ...written, planKind };
}

async function callOf(client: pg.Client, values: readonly KeptValue[]): Promise<string> {
  if (values.length === 0) return `EXECUTE ${NAME}`;
  const { rows } = await client.query<{ types: string }>(
    `SELECT array_to_json(parameter_types::text[])::text AS types FROM pg_prepared_statements WHERE name = '${NAME}'`,
  );
  const types: string[] = JSON.parse(rows[0]?.types ?? '[]');
  const given = await Promise.all(
    values.map(async (value, at) => {
      if (value === null) return 'NULL';
      const setting = `eventstore_profiler.value_${at}`;
      await client.query({ text: 'SELECT set_config($1, $2, true)', values: [setting, textOf(value)] });
      // PostgreSQL's own name for the type, quoted where it must be.
      return `current_setting('${setting}')::${types[at] ?? 'text'}`;
    }),
  );
  return `EXECUTE ${NAME}(${given.join(', ')})`;
}

async function genericPlans(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ n: string }>(
    `SELECT generic_plans::text AS n FROM pg_prepared_statements WHERE name = '${NAME}'`,
  );
  return Number(rows[0]?.n ?? 0);
}

function textOf(value: Exclude<KeptValue, null>): string {
  return typeof value === 'string' ? value : `\\x${Buffer.from(value.base64, 'base64').toString('hex')}`;
}
