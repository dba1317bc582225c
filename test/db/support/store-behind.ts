import pg from 'pg';
import type { EventStore } from '../../../server/eventstore/event-store.ts';
import { openPostgresEventStore } from '../../../server/eventstore/postgres/open-event-store.ts';
import type { DatabaseProxy } from './proxy.ts';

export interface StoreBehind extends AsyncDisposable {
  readonly pool: pg.Pool;
  readonly store: EventStore;
}

/** A store whose server can be lost. */
export async function storeBehind({ url }: DatabaseProxy): Promise<StoreBehind> {
  const behind = new pg.Pool({ connectionString: url, max: 3 });
  // Idle connections die here all the time; the pool drops them.
  behind.on('error', () => undefined);
  const opened = await openPostgresEventStore({ primary: behind });
  return { pool: behind, store: opened, [Symbol.asyncDispose]: () => behind.end() };
}
