import assert from 'node:assert/strict';
import { copyFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { buildEventFilter } from '../../server/eventstore/event-filter-builder.ts';
import { type EventStore, emptyPosition } from '../../server/eventstore/event-store.ts';
import { migrateEventStore } from '../../server/eventstore/postgres/migrate-event-store.ts';
import {
  openPostgresEventStore,
  type PostgresEventStoreOptions,
} from '../../server/eventstore/postgres/open-event-store.ts';
import { migrationsFolder, schemaChanges } from '../../server/eventstore/postgres/schema-changes.ts';
import { collect, event, postgresFixture } from '../contract/event-store-fixture.ts';
import { openTransaction } from './support/open-transaction.ts';
import { query } from './support/query.ts';
import { type ReplicatedDatabase, replicatedDatabase } from './support/streaming-replica.ts';
import { temporaryDirectory } from './support/temporary-directory.ts';

const eventual = { consistency: 'eventual' } as const;
const anyEvent = buildEventFilter().matchingAnyEvent();
const ofType = (type: string) => buildEventFilter().matching().anyEventTypeOf(type).finalize();

let database: ReplicatedDatabase;
let store: EventStore;
before(async () => {
  database = await replicatedDatabase();
  await migrateEventStore({ primary: database.primaryUrl });
  await database.caughtUp();
  store = await openStore();
});
after(async () => {
  await store?.close();
  await database?.[Symbol.asyncDispose]();
});

describe('while the replica is stale', () => {
  before(async () => {
    await database.pauseReplay();
    await appendFirst('Fresh');
  });
  after(async () => {
    await database.resumeReplay();
    await database.caughtUp();
  });

  test('strong reads see a new event, and eventual reads do not', async () => {
    const found = async (options?: typeof eventual) => [
      (await store.query(ofType('Fresh'), options)).events.length,
      (await collect(store.replay(ofType('Fresh'), options))).flat().length,
    ];
    assert.deepEqual(
      [await found(), await found(eventual)],
      [
        [1, 1],
        [0, 0],
      ],
    );
  });

  test('an append meets what the replica does not show yet', async () => {
    await assert.rejects(appendFirst('Fresh'), { code: 'concurrency_conflict' });
  });

  test('a snapshot that was just saved is there for a strong read alone', async () => {
    const filter = ofType('Fresh');
    const { maxSequenceNumber: sequenceNumber } = await store.query(filter);
    await store.saveSnapshot({ projectionType: 'Fresh', filter, sequenceNumber, data: '1' });
    assert.equal((await store.loadSnapshot('Fresh', filter))?.data, '1');
    assert.equal(await store.loadSnapshot('Fresh', filter, eventual), undefined);
  });
});

test('a replica that has not received a migration is said to be behind, and opens when it has', async () => {
  const tables = { events: 'late', snapshots: 'late_snapshots' };
  await using folder = await temporaryDirectory();
  const [first] = schemaChanges;
  await copyFile(path.join(migrationsFolder(), `${first}.sql`), path.join(folder.path, `${first}.sql`));
  const behind = {
    code: 'schema_version',
    message:
      /^The database \w+ is on a replica that is behind: it has not received the schema changes? .* yet\.$/,
    advice: /^Wait until the replica has caught up .* If the primary itself was not migrated: Run "npx /,
  };
  for (const { directory, problem, lacking } of [
    { directory: folder.path, problem: 'missing', lacking: schemaChanges },
    { directory: migrationsFolder(), problem: 'older', lacking: schemaChanges.slice(1) },
  ]) {
    await database.caughtUp();
    await database.pauseReplay();
    await migrateEventStore({ primary: database.primaryUrl, tables, directory });
    await assert.rejects(openPostgresEventStore({ primary: database.replicaUrl, tables }), {
      ...behind,
      problem,
    });
    await assert.rejects(openPostgresEventStore({ primary: database.replicaUrl, tables }), (error: Error) =>
      error.message.includes(lacking.join(', ')),
    );
    if (problem === 'older') await assert.rejects(openStore({ tables }), { ...behind, problem });
    await database.resumeReplay();
  }
  await database.caughtUp();
  await (await openStore({ tables })).close();
});

describe('the position of an eventual read', () => {
  const refusal = { code: 'invalid_option', message: /eventual read/, advice: /'strong'/ };

  test('is refused by append', async () => {
    const { position } = await store.query(ofType('Decided'), eventual);
    await assert.rejects(store.append(ofType('Decided'), position, [event('Decided')]), refusal);
  });

  test('is refused by append when there is no replica, too', async () => {
    await using fixture = await postgresFixture();
    const { position } = await fixture.store.query(ofType('Decided'), eventual);
    await assert.rejects(fixture.store.append(ofType('Decided'), position, [event('Decided')]), refusal);
  });

  test('is what any read of a replica gives, for it looks as if nothing were under way on the primary', async () => {
    await using misled = await openStore({ primary: database.replicaUrl });
    await using held = await holdAppend('Misled');
    await appendFirst('Other');
    await database.caughtUp();
    const { position } = await misled.query(ofType('Misled'));
    await held.commit();
    await assert.rejects(store.append(ofType('Misled'), position, [event('Misled')]), refusal);
  });
});

describe('while the replica is dead', () => {
  let tolerant: Awaited<ReturnType<typeof openStore>>;
  before(async () => {
    tolerant = await openStore({ whenReplicaFails: 'primary' });
    await database.stopReplica();
  });
  after(async () => {
    await tolerant?.close();
    await database.startReplica();
  });

  const fault = {
    code: 'event_store_unavailable',
    message: /^The replica could not be read\./,
    advice: /'strong'.* whenReplicaFails: 'primary'/,
  };

  test('eventual reads fail with an error that names it and tells how to do without', async () => {
    await assert.rejects(store.query(anyEvent, eventual), fault);
    await assert.rejects(collect(store.replay(anyEvent, eventual)), fault);
    await assert.rejects(store.loadSnapshot('Any', anyEvent, eventual), fault);
  });

  test('an event store that needs it cannot be opened', async () => {
    await assert.rejects(openStore(), fault);
  });

  test('strong reads, appends and snapshots need it not', async () => {
    await appendFirst('Undisturbed');
    const { events, maxSequenceNumber } = await store.query(ofType('Undisturbed'));
    assert.equal((await collect(store.replay(ofType('Undisturbed')))).flat().length, events.length);
    const snapshot = { projectionType: 'Any', filter: anyEvent, sequenceNumber: maxSequenceNumber };
    await store.saveSnapshot({ ...snapshot, data: '{}' });
    assert.equal((await store.loadSnapshot('Any', anyEvent))?.sequenceNumber, maxSequenceNumber);
    await store.deleteSnapshot('Any', anyEvent);
  });

  test('eventual reads ask the primary when the event store was told so', async () => {
    await using opened = await openStore({ whenReplicaFails: 'primary' });
    for (const reader of [tolerant, opened]) {
      const { events } = await reader.query(anyEvent, eventual);
      assert.ok(events.length > 0);
      assert.deepEqual((await collect(reader.replay(anyEvent, eventual))).flat(), events);
      assert.equal(await reader.loadSnapshot('Any', anyEvent, eventual), undefined);
    }
  });
});

test('a replica that came back is read again', async () => {
  await database.caughtUp();
  const { events } = await store.query(ofType('Undisturbed'), eventual);
  assert.equal(events.length, 1);
});

test('a replay that the replica ends because it is in the way of its recovery says so', async () => {
  await query(database.replicaUrl, 'ALTER SYSTEM SET max_standby_streaming_delay = 0');
  await query(database.replicaUrl, 'SELECT pg_reload_conf()');
  const batches = store.replay(anyEvent, { ...eventual, batchSize: 1 })[Symbol.asyncIterator]();
  await batches.next();
  await query(database.primaryUrl, 'DELETE FROM events');
  await query(database.primaryUrl, 'VACUUM events');
  await database.caughtUp();
  await assert.rejects(collect({ [Symbol.asyncIterator]: () => batches }), {
    code: 'event_store_unavailable',
    message: /^The replica could not be read\. .* conflict with recovery/,
    advice: /max_standby_streaming_delay/,
  });
});

function openStore(options: Partial<PostgresEventStoreOptions> = {}): Promise<EventStore & AsyncDisposable> {
  const { primaryUrl: primary, replicaUrl: replica } = database;
  return openPostgresEventStore({ primary, replica, ...options }).then((opened) =>
    Object.assign(opened, { [Symbol.asyncDispose]: () => opened.close() }),
  );
}

/** Appends an event of a type of which there must be none yet. */
function appendFirst(type: string) {
  return store.append(ofType(type), emptyPosition, [event(type)]);
}

/** An append whose transaction stays open. */
async function holdAppend(type: string) {
  const transaction = await openTransaction(database.primaryUrl);
  await transaction.store.append(ofType(type), emptyPosition, [event(type)]);
  return transaction;
}
