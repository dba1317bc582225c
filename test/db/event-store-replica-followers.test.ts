import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import pg from 'pg';
import { buildEventFilter } from '../../server/eventstore/event-filter-builder.ts';
import { type EventStore, emptyPosition } from '../../server/eventstore/event-store.ts';
import { migrateEventStore } from '../../server/eventstore/postgres/migrate-event-store.ts';
import { openPostgresEventStore } from '../../server/eventstore/postgres/open-event-store.ts';
import { collect, event } from '../contract/event-store-fixture.ts';
import { gate as gateIn } from './support/gate.ts';
import { openTransaction } from './support/open-transaction.ts';
import { databaseProxy } from './support/proxy.ts';
import { query } from './support/query.ts';
import { type ReplicatedDatabase, replicatedDatabase } from './support/streaming-replica.ts';

const eventual = { consistency: 'eventual' } as const;
const anyEvent = buildEventFilter().matchingAnyEvent();
const ofType = (type: string) => buildEventFilter().matching().anyEventTypeOf(type).finalize();
const above = (n: number) => anyEvent.reopenForSequenceFiltering().withSequenceNumberHigherThan(n);

let database: ReplicatedDatabase;
let store: EventStore;
before(async () => {
  database = await replicatedDatabase();
  await migrateEventStore({ primary: database.primaryUrl });
  await database.caughtUp();
  store = await openPostgresEventStore({ primary: database.primaryUrl, replica: database.replicaUrl });
});
after(async () => {
  await store?.close();
  await database?.[Symbol.asyncDispose]();
});

describe('a reader that goes on from number to number', () => {
  test('gets an event whose lower number became visible later, from whichever server it reads', async () => {
    const misled = await openPostgresEventStore({ primary: database.replicaUrl });
    await using _misled = { [Symbol.asyncDispose]: () => misled.close() };
    await using held = await holdAppend('Late');
    await appendFirst('Early');
    await database.caughtUp();
    const replays = [store.replay(anyEvent, eventual), misled.replay(anyEvent)];
    for (const replay of replays) await collect(replay);
    const queries = [await store.query(anyEvent, eventual), await misled.query(anyEvent)];
    await held.commit();
    for (const { maxSequenceNumber } of [...queries, ...replays]) {
      const { events } = await store.query(above(maxSequenceNumber));
      assert.deepEqual(events.map(({ eventType }) => eventType).slice(-2), ['Late', 'Early']);
    }
  });

  test('gets one whose transaction the replica had not heard of', async () => {
    await using gate = await gateIn(database.primaryUrl, { eventType: 'Unheard', place: 'before insert' });
    await using earlier = await openTransaction(database.primaryUrl);
    await earlier.query('SELECT pg_current_xact_id()');
    const unheard = appendFirst('Unheard');
    await gate.reached();
    await earlier.store.append(ofType('Heard'), emptyPosition, [event('Heard')]);
    await earlier.commit();
    await database.caughtUp();
    const { events, maxSequenceNumber } = await store.query(anyEvent, eventual);
    assert.equal(events.at(-1)?.eventType, 'Heard');
    await gate.open();
    await unheard;
    const { events: rest } = await store.query(above(maxSequenceNumber));
    assert.deepEqual(rest.map(({ eventType }) => eventType).slice(-2), ['Unheard', 'Heard']);
  });

  test('gets each event once and in order from a replica while many append', {
    timeout: 60_000,
  }, async () => {
    await query(
      database.primaryUrl,
      `CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS
         $$ BEGIN PERFORM pg_sleep(random() * 0.02); RETURN NULL; END $$;
       CREATE TRIGGER dawdle AFTER INSERT ON events FOR EACH ROW EXECUTE FUNCTION dawdle()`,
    );
    const { maxSequenceNumber: start } = await store.query(anyEvent);
    const writers = Array.from({ length: 8 }, async (_, writer) => {
      for (let n = 0; n < 25; n++) await appendFirst(`Followed ${writer}/${n}`);
    });
    let isWriting = true;
    const written = Promise.all(writers).finally(() => {
      isWriting = false;
    });
    const got: number[] = [];
    for (let last = start, isLast = false; !isLast; ) {
      isLast = !isWriting;
      if (isLast) await database.caughtUp();
      const { events, maxSequenceNumber } = await store.query(above(last), eventual);
      // At rest the last ones are above the safe number still, and are given by each further read.
      const taken = isLast ? events : events.filter((found) => found.sequenceNumber <= maxSequenceNumber);
      got.push(...taken.map(({ sequenceNumber }) => sequenceNumber));
      last = maxSequenceNumber;
    }
    await written;
    await query(database.primaryUrl, 'DROP TRIGGER dawdle ON events');
    const { events } = await store.query(above(start));
    const all = events.map(({ sequenceNumber }) => sequenceNumber);
    assert.equal(all.length, 200);
    assert.deepEqual(got, all);
  });
});

test('an eventual read of the newest events takes one round trip, also while others write', async () => {
  await using proxy = await databaseProxy(database.replicaUrl);
  const replica = new pg.Pool({ connectionString: proxy.url, max: 1 });
  await using _pool = { [Symbol.asyncDispose]: () => replica.end() };
  const reader = await openPostgresEventStore({ primary: database.primaryUrl, replica });
  await using _reader = { [Symbol.asyncDispose]: () => reader.close() };
  await using held = await holdAppend('Held for long');
  await appendFirst('Newest');
  await database.caughtUp();
  const taken: number[] = [];
  for (let call = 0; call < 8; call++) {
    const before = proxy.answers;
    const { events, maxSequenceNumber } = await reader.query(anyEvent, eventual);
    taken.push(proxy.answers - before);
    assert.equal(events.at(-1)?.eventType, 'Newest');
    assert.ok(maxSequenceNumber < (events.at(-1)?.sequenceNumber ?? 0) - 1);
    assert.ok(maxSequenceNumber > 0);
  }
  assert.deepEqual([...new Set(taken)], [1]);
  await held.commit();
});

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
