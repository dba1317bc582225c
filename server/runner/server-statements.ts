import type pg from 'pg';
import * as z from 'zod';
import { describeError } from '../lib/describe-error.ts';
import { normaliseStatement } from '../profiling/statements/normalise-statement.ts';
import type { StatementNames } from '../profiling/statements/statement-names.ts';
import type { ServerFigures, ServerStatement } from '../protocol/statement-report.ts';

/** What `pg_stat_statements` has counted by a moment, or why it cannot tell. */
export type CountedStatements =
  | { readonly isAvailable: true; readonly byId: ReadonlyMap<string, Counts> }
  | { readonly isAvailable: false; readonly reason: string; readonly advice: string };

type Counts = z.infer<typeof countsSchema>;

/** Sums of all users of one statement, in one database. */
const countsSchema = z.object({
  id: z.string(),
  text: z.string(),
  calls: z.coerce.number(),
  rows: z.coerce.number(),
  totalMillis: z.coerce.number(),
  blocksHit: z.coerce.number(),
  blocksRead: z.coerce.number(),
  walBytes: z.coerce.number(),
});

/** PostgreSQL's own counters of this database. Never fails: where they cannot be read, it says why. */
export async function countStatements(pool: pg.Pool): Promise<CountedStatements> {
  try {
    const schema = await schemaOfExtension(pool);
    if (schema === undefined) return { isAvailable: false, ...NOT_INSTALLED };
    const { rows } = await pool.query(countsSql(schema));
    return {
      isAvailable: true,
      byId: new Map(
        z
          .array(countsSchema)
          .parse(rows)
          .map((row) => [row.id, row]),
      ),
    };
  } catch (error) {
    const { message } = describeError(error);
    return {
      isAvailable: false,
      reason: `pg_stat_statements could not be read: ${message}`,
      advice: PRELOAD,
    };
  }
}

/** What was counted from the first moment to the second; statements that somebody else executed meanwhile are among them. */
export function figuresBetween(
  before: CountedStatements | undefined,
  after: CountedStatements,
  names: StatementNames,
): ServerFigures {
  if (!after.isAvailable) return after;
  if (before?.isAvailable === false) return before;
  const statements = [...after.byId.values()].flatMap((now) => difference(before?.byId.get(now.id), now));
  statements.sort((a, b) => b.totalMicros - a.totalMicros);
  const most = statements.slice(0, MOST_STATEMENTS);
  return { isAvailable: true, statements: most.map((each) => ({ ...each, label: names.of(each.text) })) };
}

const MOST_STATEMENTS = 100;

const PRELOAD =
  'Set shared_preload_libraries to pg_stat_statements in the configuration of PostgreSQL, and start it again.';

const NOT_INSTALLED = {
  reason: 'The database does not have pg_stat_statements, which counts what PostgreSQL itself does.',
  advice: `${PRELOAD} Then execute CREATE EXTENSION pg_stat_statements in this database.`,
};

async function schemaOfExtension(pool: pg.Pool): Promise<string | undefined> {
  const { rows } = await pool.query<{ name: string }>(
    `SELECT quote_ident(n.nspname) AS name FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
      WHERE e.extname = 'pg_stat_statements'`,
  );
  return rows[0]?.name;
}

/** The columns of PostgreSQL 13 and later. Reading the counters is no part of any run. */
function countsSql(schema: string): string {
  return `SELECT queryid::text AS id, left(min(query), 5000) AS text, sum(calls) AS calls, sum(rows) AS rows,
       sum(total_exec_time) AS "totalMillis", sum(shared_blks_hit) AS "blocksHit",
       sum(shared_blks_read) AS "blocksRead", sum(wal_bytes) AS "walBytes"
  FROM ${schema}.pg_stat_statements
 WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
   AND query NOT LIKE '%pg_stat_statements%' AND queryid IS NOT NULL
 GROUP BY queryid`;
}

function difference(before: Counts | undefined, now: Counts): ServerStatement[] {
  // Fewer than before: somebody has set the counters back in between.
  const base = before && before.calls <= now.calls ? before : undefined;
  const calls = now.calls - (base?.calls ?? 0);
  if (calls <= 0) return [];
  const totalMicros = (now.totalMillis - (base?.totalMillis ?? 0)) * 1000;
  return [
    {
      // Commands other than queries it keeps with their values.
      text: normaliseStatement(now.text),
      calls,
      rows: now.rows - (base?.rows ?? 0),
      totalMicros,
      meanMicros: totalMicros / calls,
      blocksHit: now.blocksHit - (base?.blocksHit ?? 0),
      blocksRead: now.blocksRead - (base?.blocksRead ?? 0),
      walBytes: now.walBytes - (base?.walBytes ?? 0),
    },
  ];
}
