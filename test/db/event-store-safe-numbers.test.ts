import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import pg from 'pg';
import { buildEventFilter } from '../../server/eventstore/event-filter-builder.ts';
import { type EventStore, emptyPosition } from '../../server/eventstore/event-store.ts';
import { allEventsKey } from '../../server/eventstore/postgres/append-locks.ts';
import { importEvents } from '../../server/eventstore/postgres/import-events.ts';
import { openPostgresEventStore } from '../../server/eventstore/postgres/open-event-store.ts';
import { tableNames } from '../../server/eventstore/postgres/table-names.ts';
import { p } from '../../server/eventstore/predicate.ts';
import { collect, event, type PostgresFixture, postgresFixture } from '../contract/event-store-fixture.ts';
import { type OpenTransaction, openTransaction } from './support/open-transaction.ts';
import { testDatabase } from './support/test-database.ts';
import { withSettings } from './support/with-settings.ts';

const anyEvent = buildEventFilter().matchingAnyEvent();
/** A boundary that no event lies in and no other append guards. */
const apart = () => buildEventFilter().matching().anyPredicateOf(p('Apart', randomUUID())).finalize();
const above = (n: number) => anyEvent.reopenForSequenceFiltering().withSequenceNumberHigherThan(n);

let fixture: PostgresFixture;
let store: EventStore;
let writer: EventStore;
before(async () => {
  fixture = await postgresFixture();
  store = fixture.store;
  writer = await openPostgresEventStore({ primary: fixture.pool });
  await append('First');
});
after(() => fixture[Symbol.asyncDispose]());

/** What reads say of the number to go on from: by a query, by a replay, and by a store that has learned nothing yet. */
const reads: readonly (readonly [title: string, read: () => Promise<number>])[] = [
  ['a query', async () => (await store.query(anyEvent)).maxSequenceNumber],
  [
    'a replay',
    async () => {
      const replay = store.replay(anyEvent);
      await collect(replay);
      return replay.maxSequenceNumber;
    },
  ],
  [
    'the first query of a store',
    async () =>
      (await (await openPostgresEventStore({ primary: fixture.pool })).query(anyEvent)).maxSequenceNumber,
  ],
  [
    'a query of a role that reads under a stricter isolation level',
    async () => {
      const url = withSettings(fixture.url, 'default_transaction_isolation=serializable');
      const strict = new pg.Pool({ connectionString: url });
      const opened = await openPostgresEventStore({ primary: strict });
      const { maxSequenceNumber } = await opened.query(anyEvent);
      await strict.end();
      return maxSequenceNumber;
    },
  ],
];

describe('while an append is held open after its insert and a higher number is there already', () => {
  for (const [title, read] of reads) {
    it(`${title} gives a lower number, and going on from there gives both`, async () => {
      await using held = await heldAppend();
      const higher = await append('Higher');
      const safe = await read();
      assert.ok(safe < higher - 1, `${safe} is not below the held number`);
      await held.commit();
      assert.deepEqual((await typesAbove(safe)).slice(-2), ['Held', 'Higher']);
    });

    it(`${title} gives a number below that of a transaction that had its id before`, async () => {
      await using early = await openTransaction(fixture.url);
      await early.query('SELECT pg_current_xact_id()');
      await append('Before');
      await early.store.append(apart(), emptyPosition, [event('Early')]);
      await append('Higher');
      const safe = await read();
      await early.commit();
      assert.deepEqual((await typesAbove(safe)).slice(-2), ['Early', 'Higher']);
    });

    it(`${title} gives a number below that of a transaction that its snapshot has not heard of`, async () => {
      await using early = await openTransaction(fixture.url);
      await early.query('SELECT pg_current_xact_id()');
      await using held = await heldAppend();
      await early.store.append(apart(), emptyPosition, [event('Early')]);
      await early.commit();
      const safe = await read();
      await held.commit();
      assert.deepEqual((await typesAbove(safe)).slice(-2), ['Held', 'Early']);
    });

    it(`${title} gives a number below that of an append that came after a bulk load`, async () => {
      await importEvents(fixture.pool, [[event('Loaded'), event('Loaded')]]);
      await using held = await heldAppend();
      await append('Higher');
      const safe = await read();
      await held.commit();
      assert.deepEqual((await typesAbove(safe)).slice(-2), ['Held', 'Higher']);
    });

    it(`${title} gives a number below those of a thousand events`, async () => {
      await using held = await openTransaction(fixture.url);
      const batch = Array.from({ length: 1000 }, (_, n) => event('Held', { n }));
      await held.store.append(apart(), emptyPosition, batch);
      const higher = await append('Higher');
      const safe = await read();
      assert.ok(safe < higher - 1000, `${safe} is not below the held numbers`);
      await held.rollback();
      assert.deepEqual((await typesAbove(safe)).slice(-1), ['Higher']);
    });
  }

  it('going on from the number of the last event misses the held one', async () => {
    await using held = await heldAppend();
    await append('Higher');
    const { events } = await store.query(anyEvent);
    await held.commit();
    assert.deepEqual(await typesAbove(events.at(-1)?.sequenceNumber ?? 0), []);
    assert.equal((await store.query(anyEvent)).events.length, events.length + 1);
  });

  it('a replay gives after each batch a number below the held one', async () => {
    await append('Before');
    await using held = await heldAppend();
    const higher = await append('Higher');
    const replay = store.replay(anyEvent, { batchSize: 1 });
    for await (const [found] of replay) {
      assert.ok(replay.maxSequenceNumber <= Math.min(found?.sequenceNumber ?? 0, higher - 2));
    }
    await held.commit();
    assert.deepEqual((await typesAbove(replay.maxSequenceNumber)).slice(-2), ['Held', 'Higher']);
  });

  it('a replay that began before it and ends after it gives a number below it', async () => {
    await using held = await heldAppend();
    await append('Higher');
    const replay = store.replay(anyEvent, { batchSize: 1 });
    let isHeld = true;
    for await (const _batch of replay) {
      if (isHeld) await held.commit();
      isHeld = false;
    }
    assert.deepEqual((await typesAbove(replay.maxSequenceNumber)).slice(-2), ['Held', 'Higher']);
  });
});

describe('how far a read is settled', () => {
  it('is not judged by locks where all statements of a transaction share one snapshot', async () => {
    await using held = await heldAppend();
    const higher = await append('Higher');
    await using strict = await openTransaction(fixture.url);
    await strict.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ');
    const [read] = await strict.query('SELECT pg_current_snapshot()::text AS snapshot');
    await held.commit();
    const [settled] = await strict.query('SELECT up_to::int FROM eventstore_settled($1, $2)', [
      (read as { snapshot: string }).snapshot,
      allEventsKey(tableNames()),
    ]);
    const { up_to: upTo } = settled as { up_to: number | null };
    assert.ok(upTo !== null && upTo < higher - 1, `${upTo} is not below the held number`);
  });
});

describe('the number to go on from is that of the last event', () => {
  const cases: readonly (readonly [title: string, begin: () => Promise<AsyncDisposable>])[] = [
    ['in an idle store', async () => nothing],
    ['while a foreign transaction has written to another table', () => foreignWriter()],
    ['while a transaction has written in another database of the server', inAnotherDatabase],
    ['while a foreign transaction reads the events', foreignReader],
    ['after an append was rolled back', rolledBackAppend],
  ];
  for (const [title, begin] of cases) {
    for (const [reader, read] of reads.slice(0, 3)) {
      it(`${title}, for ${reader}`, async () => {
        await using _foreign = await begin();
        assert.equal(await read(), (await store.query(anyEvent)).events.at(-1)?.sequenceNumber);
        const last = await append('Last');
        assert.equal(await read(), last);
      });
    }
  }

  it('as soon as an append with a lower number has ended', async () => {
    await using held = await heldAppend();
    const higher = await append('Higher');
    await held.commit();
    for (const [, read] of reads.slice(0, 3)) assert.equal(await read(), higher);
  });
});

/** By another process, as it were: the store that reads learns nothing from it. */
async function append(type: string): Promise<number> {
  return (await writer.append(apart(), emptyPosition, [event(type)])).maxSequenceNumber;
}

async function typesAbove(sequenceNumber: number): Promise<string[]> {
  const { events } = await store.query(above(sequenceNumber));
  return events.map(({ eventType }) => eventType);
}

async function heldAppend(): Promise<OpenTransaction> {
  const transaction = await openTransaction(fixture.url);
  await transaction.store.append(apart(), emptyPosition, [event('Held')]);
  return transaction;
}

const nothing: AsyncDisposable = { [Symbol.asyncDispose]: async () => undefined };

async function foreignWriter(url = fixture.url): Promise<AsyncDisposable> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query('CREATE TABLE IF NOT EXISTS notes (note text); BEGIN; INSERT INTO notes VALUES (1)');
  return { [Symbol.asyncDispose]: () => client.end() };
}

async function inAnotherDatabase(): Promise<AsyncDisposable> {
  const database = await testDatabase();
  const writer = await foreignWriter(database.url);
  return {
    async [Symbol.asyncDispose]() {
      await writer[Symbol.asyncDispose]();
      await database[Symbol.asyncDispose]();
    },
  };
}

async function foreignReader(): Promise<AsyncDisposable> {
  const transaction = await openTransaction(fixture.url);
  await transaction.query('SELECT pg_current_xact_id(), count(*) FROM events');
  return transaction;
}

async function rolledBackAppend(): Promise<AsyncDisposable> {
  const held = await heldAppend();
  await held.rollback();
  return held;
}
