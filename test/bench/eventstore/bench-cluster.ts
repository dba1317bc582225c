import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import pg from 'pg';
import {
  type EmbeddedPostgres,
  startEmbeddedPostgres,
} from '../../../server/database/embedded/embedded-postgres.ts';
import { openPool } from '../../../server/database/pool.ts';
import { importEvents } from '../../../server/eventstore/postgres/import-events.ts';
import { migrateEventStore } from '../../../server/eventstore/postgres/migrate-event-store.ts';
import { libraryHistories } from '../../../server/workload/library-histories.ts';
import { temporaryDirectory } from '../../db/support/temporary-directory.ts';
import { progress } from './progress.ts';

const migrations = path.join(import.meta.dirname, '../../../migrations');
const SEED = 1;
const startAt = new Date('2015-01-02T09:00:00Z');

/** A PostgreSQL of the benchmark's own, set up as the product sets it up: durable, with PostgreSQL's default memory. */
export class BenchCluster implements AsyncDisposable {
  readonly #start: () => Promise<EmbeddedPostgres>;
  readonly #stack: AsyncDisposableStack;
  readonly #signals = new DisposableStack();
  #server: EmbeddedPostgres;
  #ended: Promise<void> | undefined;

  private constructor(
    start: () => Promise<EmbeddedPostgres>,
    server: EmbeddedPostgres,
    stack: AsyncDisposableStack,
  ) {
    this.#start = start;
    this.#server = server;
    this.#stack = stack;
  }

  /**
   * @param kept a folder whose seeded databases are used again; without it everything is gone at the end
   * @param settings on top of the product's
   */
  static async start(kept?: string, settings: Settings = {}): Promise<BenchCluster> {
    await using stack = new AsyncDisposableStack();
    const folder = kept ?? stack.use(await temporaryDirectory()).path;
    await mkdir(folder, { recursive: true });
    const dataDirectory = path.join(path.resolve(folder), 'postgres');
    const start = () => startServer(dataDirectory, settings);
    const server = await start();
    const cluster = new BenchCluster(start, server, stack.move());
    cluster.#signals.use(stopOnSignal(cluster));
    await cluster.#dropLeftovers();
    return cluster;
  }

  get version(): string {
    return this.#server.version;
  }

  /** Empties PostgreSQL's own cache; the file system keeps its one. Connections must be closed before. */
  async restart(): Promise<void> {
    await this.#server.stop();
    this.#server = await this.#start();
  }

  /** A fresh copy of a seeded database; what happens in it is gone with it. */
  async database(events: number): Promise<AsyncDisposable & { readonly url: () => string }> {
    const template = await this.#seeded(events);
    const name = `run_${events}_${process.pid}_${++copies}`;
    progress(`copying ${template}`);
    await this.#run(`CREATE DATABASE ${name} TEMPLATE ${template} STRATEGY FILE_COPY`);
    const drop = async () => void (await this.#run(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`));
    return { url: () => this.#url(name), [Symbol.asyncDispose]: drop };
  }

  /** Settings that decide how fast it can be. */
  async settings(): Promise<Readonly<Record<string, string>>> {
    const { rows } = await this.#run(
      `SELECT name, current_setting(name) AS value FROM unnest(ARRAY['fsync', 'synchronous_commit', 'full_page_writes',
        'shared_buffers', 'work_mem', 'max_wal_size', 'jit', 'plan_cache_mode', 'random_page_cost']) AS name`,
    );
    return Object.fromEntries(rows.map(({ name, value }) => [String(name), String(value)]));
  }

  /** Again, for whoever is interrupted while it goes on. */
  [Symbol.asyncDispose](): Promise<void> {
    this.#ended ??= this.#end();
    return this.#ended;
  }

  async #end(): Promise<void> {
    await this.#server.stop();
    await this.#stack.disposeAsync();
    this.#signals.dispose();
  }

  async #seeded(events: number): Promise<string> {
    // A seeded database belongs to the migrations that it was made with.
    const name = `seed_${events}_${await migrationsHash()}`;
    const { rowCount } = await this.#run('SELECT FROM pg_database WHERE datname = $1', [name]);
    if (rowCount) return name;
    await this.#run('DROP DATABASE IF EXISTS seeding WITH (FORCE)');
    await this.#run('CREATE DATABASE seeding');
    await fillDatabase(this.#url('seeding'), events);
    // Only a whole one gets its name, so a run that was broken off leaves none that looks whole.
    await this.#run(`ALTER DATABASE seeding RENAME TO ${name}`);
    return name;
  }

  async #dropLeftovers(): Promise<void> {
    const current = await migrationsHash();
    const { rows } = await this.#run(
      "SELECT datname FROM pg_database WHERE datname ~ '^(run_|seeding$)' OR (datname ~ '^seed_' AND datname !~ $1)",
      [`_${current}$`],
    );
    for (const { datname } of rows) {
      progress(`dropping ${datname}, left by an earlier run`);
      await this.#run(`DROP DATABASE ${datname} WITH (FORCE)`);
    }
  }

  async #run(sql: string, values: unknown[] = []): Promise<pg.QueryResult> {
    const client = new pg.Client({ connectionString: this.#server.connectionString });
    await client.connect();
    try {
      return await client.query(sql, values);
    } finally {
      await client.end();
    }
  }

  #url(database: string): string {
    const url = new URL(this.#server.connectionString);
    url.pathname = `/${database}`;
    return url.href;
  }
}

/** Ctrl+C leaves no server and no files behind. */
function stopOnSignal(cluster: AsyncDisposable): Disposable {
  const stop = () => {
    progress('stopping');
    void cluster[Symbol.asyncDispose]().then(() => process.exit(130));
  };
  process.once('SIGINT', stop).once('SIGTERM', stop);
  return { [Symbol.dispose]: () => process.off('SIGINT', stop).off('SIGTERM', stop) };
}

type Settings = Readonly<Record<string, string>>;

let copies = 0;

async function startServer(dataDirectory: string, settings: Settings): Promise<EmbeddedPostgres> {
  progress('starting PostgreSQL');
  return startEmbeddedPostgres({ dataDirectory, log: progress, settings });
}

async function fillDatabase(url: string, events: number): Promise<void> {
  await migrateEventStore({ primary: url });
  const pool = openPool({ connectionString: url, applicationName: 'benchmark seed', log: progress });
  try {
    await importEvents(pool, libraryHistories({ events, seed: SEED, startAt }), {
      onProgress: (imported) =>
        imported % 50_000 === 0 && progress(`seeding ${imported} of ${events} events`),
    });
    progress('VACUUM (ANALYZE)');
    // VACUUM too, or the first readers would pay for marking a million rows as committed.
    await pool.query('VACUUM (ANALYZE) events');
  } finally {
    await pool.end();
  }
}

async function migrationsHash(): Promise<string> {
  const hash = createHash('sha256');
  const files = (await readdir(migrations)).filter((file) => file.endsWith('.sql')).sort();
  for (const file of files) hash.update(file).update(await readFile(path.join(migrations, file)));
  return hash.digest('hex').slice(0, 8);
}
