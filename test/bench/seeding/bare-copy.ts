import pg from 'pg';
import type { BenchCluster } from '../eventstore/bench-cluster.ts';

/** The same rows in a file on the server, copied by hand. */
export interface BareCopy extends AsyncDisposable {
  /** Into the events of another database, which have all their indexes: no wire and nothing to make. */
  into(url: string): Promise<void>;
}

const columns = 'event_type, occurred_at, payload, metadata, sequence_floor';

export async function bareCopy(cluster: BenchCluster, events: number): Promise<BareCopy> {
  const source = await cluster.database(events);
  const [file] = await run(source.url(), "SELECT current_setting('data_directory') || '/bare-copy'");
  await run(
    source.url(),
    `COPY (SELECT ${columns} FROM events ORDER BY sequence_number) TO '${file}' (FORMAT binary)`,
  );
  return {
    into: async (url) => {
      await run(url, `COPY events (${columns}) FROM '${file}' (FORMAT binary)`);
    },
    [Symbol.asyncDispose]: async () => {
      await run(source.url(), `COPY (SELECT 1 WHERE false) TO '${file}'`);
      await source[Symbol.asyncDispose]();
    },
  };
}

/** The first column of the rows. */
export async function run(url: string, sql: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<[string]>({ text: sql, rowMode: 'array' });
    return rows.map(([first]) => first);
  } finally {
    await client.end();
  }
}
