import pg from 'pg';
import type { RunResources } from '../config/handler-context.ts';
import type { EventStore } from '../eventstore/event-store.ts';
import { openPostgresEventStore } from '../eventstore/postgres/open-event-store.ts';
import type { OperationRecorder } from '../handling/recording/operation-recorder.ts';
import { lazyEventStore } from './lazy-event-store.ts';
import type { RunContext } from './run-context.ts';

export interface OwnResourcesOptions {
  /** The runner's pool, for the event store. */
  readonly pool: pg.Pool;
  readonly recorder: OperationRecorder;
}

/** What handlers of one's own are handed in. Nothing is connected or opened before it is used. */
export class OwnResources implements RunResources, AsyncDisposable {
  readonly store: EventStore;
  readonly databaseUrl: string;
  readonly signal: AbortSignal;
  /** The database is one that the profiler runs itself. */
  readonly isEmbedded: boolean;
  readonly #context: RunContext;
  #pool: pg.Pool | undefined;

  constructor({ pool, recorder }: OwnResourcesOptions, context: RunContext) {
    this.databaseUrl = context.order.databaseUrl;
    this.signal = context.signal;
    this.isEmbedded = context.order.isEmbedded ?? false;
    this.#context = context;
    this.store = lazyEventStore(() =>
      openPostgresEventStore({ primary: pool, instrumentation: { recorder } }),
    );
  }

  /** One of its own: the event store's pool parses values otherwise than `pg` does. */
  get pool(): pg.Pool {
    this.#pool ??= this.#openPool();
    return this.#pool;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool?.end();
  }

  #openPool(): pg.Pool {
    const { order, log } = this.#context;
    const pool = new pg.Pool({
      connectionString: order.databaseUrl,
      application_name: order.applicationName,
      keepAlive: true,
      connectionTimeoutMillis: 30_000,
      // Opening a connection costs about 5 ms: within a run it must not happen again after every pause.
      idleTimeoutMillis: 60_000,
    });
    // Without a listener Node would end the process for a connection that breaks while nobody uses it.
    pool.on('error', (error) => {
      if (!pool.ending) log(`An idle connection to the database was lost: ${error.message}`);
    });
    return pool;
  }
}
