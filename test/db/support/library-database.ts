import { openPool } from '../../../server/database/pool.ts';
import type { EventStore } from '../../../server/eventstore/event-store.ts';
import { importEvents } from '../../../server/eventstore/postgres/import-events.ts';
import { migrateEventStore } from '../../../server/eventstore/postgres/migrate-event-store.ts';
import { openPostgresEventStore } from '../../../server/eventstore/postgres/open-event-store.ts';
import {
  createOperationRecorder,
  type OperationRecorder,
} from '../../../server/handling/recording/operation-recorder.ts';
import { systemClock } from '../../../server/lib/clock.ts';
import { libraryHistories } from '../../../server/workload/library-histories.ts';
import { testDatabase } from './test-database.ts';

/** A real event store that holds a library's histories and tells a recorder what it does. */
export interface LibraryDatabase extends AsyncDisposable {
  readonly store: EventStore;
  readonly recorder: OperationRecorder;
}

export async function libraryDatabase(events: number): Promise<LibraryDatabase> {
  const stack = new AsyncDisposableStack();
  const database = stack.use(await testDatabase());
  await migrateEventStore({ primary: database.url });
  const pool = openPool({
    connectionString: database.url,
    applicationName: 'library tests',
    log: (message) => console.error(message),
  });
  stack.defer(() => pool.end());
  await importEvents(pool, libraryHistories({ events, seed: 1, startAt: new Date('2025-01-02T09:00:00Z') }));
  const recorder = createOperationRecorder(systemClock);
  const store = await openPostgresEventStore({ primary: pool, instrumentation: { recorder } });
  return { store, recorder, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}
