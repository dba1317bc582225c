import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { buildEventFilter } from '../../server/eventstore/event-filter-builder.ts';
import { emptyPosition } from '../../server/eventstore/event-store.ts';
import { migrateEventStore } from '../../server/eventstore/postgres/migrate-event-store.ts';
import { openPostgresEventStore } from '../../server/eventstore/postgres/open-event-store.ts';
import { event } from '../contract/event-store-fixture.ts';
import { query } from './support/query.ts';
import { type ReplicatedDatabase, replicatedDatabase } from './support/streaming-replica.ts';

const filter = buildEventFilter().matching().anyEventTypeOf('Guarded').finalize();
const conflict = { code: 'concurrency_conflict' };

test('after a failover a position of the lost server is a conflict, and one of the new server is good', async () => {
  await using database = await migratedDatabase();
  const before = await openPostgresEventStore({ primary: database.primaryUrl });
  await before.append(filter, emptyPosition, [event('Guarded')]);
  await database.caughtUp();
  await database.stopReplica();
  // Lost with the primary: its transaction id is given out again.
  const read = await before.query(filter);
  await before.append(filter, read.position, [event('Guarded')]);
  const lost = (await before.query(filter)).position;
  await database.stopPrimary();
  await before.close();
  await database.startReplica();
  await database.promoteReplica();

  const store = await openPostgresEventStore({ primary: database.replicaUrl });
  try {
    const { events, position } = await store.query(filter);
    assert.equal(events.length, 1);
    await store.append(filter, position, [event('Guarded')]);
    await assert.rejects(store.append(filter, lost, [event('Guarded')]), conflict);
    await assert.rejects(store.append(filter, read.position, [event('Guarded')]), conflict);
  } finally {
    await store.close();
  }
});

test('after a crash a position from before is a conflict, and one from afterwards is good', async () => {
  await using database = await migratedDatabase();
  const store = await openPostgresEventStore({ primary: database.primaryUrl });
  try {
    // Rolled back and not yet on the disk: after the crash its id goes to another transaction.
    await query(database.primaryUrl, 'BEGIN; SELECT pg_current_xact_id(); ROLLBACK');
    const { position } = await store.query(filter);
    await crash(database.primaryUrl);
    // Connections of its own: those from before may die only when they are used.
    const later = await openPostgresEventStore({ primary: database.primaryUrl });
    try {
      await later.append(filter, emptyPosition, [event('Guarded')]);
      await assert.rejects(later.append(filter, position, [event('Guarded')]), conflict);
      const read = await later.query(filter);
      await later.append(filter, read.position, [event('Guarded')]);
    } finally {
      await later.close();
    }
  } finally {
    await store.close();
  }
});

/** Has the server lose its memory, as when the system kills one of its processes, and waits until it is back. */
async function crash(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  const ended = new Promise((resolve) => client.once('end', resolve));
  client.on('error', () => undefined);
  await client.connect();
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  process.kill(rows[0]?.pid ?? 0, 'SIGKILL');
  await ended;
  for (const end = performance.now() + 20_000; ; await delay(20)) {
    const answer = await query(url, 'SELECT 1').catch((error: unknown) => error);
    if (Array.isArray(answer)) return;
    if (performance.now() > end) throw answer;
  }
}

async function migratedDatabase(): Promise<ReplicatedDatabase> {
  const database = await replicatedDatabase();
  await migrateEventStore({ primary: database.primaryUrl });
  return database;
}
