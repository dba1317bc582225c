import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { OperationCanceledError } from '../../server/eventstore/errors.ts';
import { buildEventFilter } from '../../server/eventstore/event-filter-builder.ts';
import { emptyPosition } from '../../server/eventstore/event-store.ts';
import { type ImportOptions, importEvents } from '../../server/eventstore/postgres/import-events.ts';
import { migrateEventStore } from '../../server/eventstore/postgres/migrate-event-store.ts';
import { openPostgresEventStore } from '../../server/eventstore/postgres/open-event-store.ts';
import { p } from '../../server/eventstore/predicate.ts';
import type { StorableEvent } from '../../server/eventstore/storable-event.ts';
import { createRandom } from '../../server/lib/random.ts';
import { event, type PostgresFixture, postgresFixture } from '../contract/event-store-fixture.ts';
import { gate } from './support/gate.ts';
import { query } from './support/query.ts';

const anyEvent = buildEventFilter().matchingAnyEvent();
const added = buildEventFilter().matching().anyEventTypeOf('Added').finalize();
const ofBook = (id: string) => buildEventFilter().matching().anyPredicateOf(p('BookID', id)).finalize();

function* batchesOf(count: number, size: number): Generator<StorableEvent[]> {
  for (let start = 0; start < count; start += size) {
    yield Array.from({ length: Math.min(size, count - start) }, (_, n) =>
      event('Added', { BookID: `b${start + n}` }),
    );
  }
}

let fixture: PostgresFixture;
before(async () => {
  fixture = await postgresFixture();
  await query(
    fixture.url,
    'CREATE INDEX events_by_shelf ON events ((payload ->> $$Shelf$$)) WHERE event_type <> $$Removed$$',
  );
});
after(() => fixture[Symbol.asyncDispose]());

/** Everything about the indexes that could come back otherwise. */
function indexes() {
  return query(
    fixture.url,
    `SELECT relname, pg_get_indexdef(indexrelid), indisvalid, indisready, relowner::regrole, relpersistence, reloptions,
      (SELECT array_agg(coalesce(attstattarget, -1) ORDER BY attnum) FROM pg_attribute WHERE attrelid = indexrelid)
    FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid WHERE indrelid = 'events'::regclass ORDER BY 1`,
  );
}

const importAlone = (batches: Parameters<typeof importEvents>[1], options: ImportOptions = {}) =>
  importEvents(fixture.pool, batches, { alone: { events: 25 }, ...options });

async function emptyStore(): Promise<void> {
  await query(fixture.url, 'DELETE FROM events');
}

/** A load that comes to nothing leaves no event, the indexes as they were, and a store that can be loaded at once. */
async function leavesAllAsItWas(load: () => Promise<unknown>, fault: object): Promise<void> {
  await emptyStore();
  const before = await indexes();
  await assert.rejects(load(), fault);
  assert.deepEqual(await query(fixture.url, 'SELECT FROM events'), []);
  assert.deepEqual(await indexes(), before);
  const indexing: number[] = [];
  await importAlone(batchesOf(3, 3), { onIndexing: (built) => indexing.push(built) });
  assert.notDeepEqual(indexing, [], 'something still held the store');
}

describe('a bulk load that has the store alone', () => {
  it('stores all in their order, builds the indexes as they were, and the store opens', async () => {
    await emptyStore();
    const before = await indexes();
    const progress: number[] = [];
    const indexing: string[] = [];
    const imported = await importAlone(batchesOf(25, 10), {
      onProgress: (count) => progress.push(count),
      onIndexing: (built, count) => indexing.push(`${built}/${count}`),
    });
    assert.equal(imported, 25);
    assert.deepEqual(progress, [0, 10, 20, 25]);
    assert.deepEqual(indexing, ['0/5', '1/5', '2/5', '3/5', '4/5', '5/5']);
    assert.deepEqual(await indexes(), before);
    const store = await openPostgresEventStore({ primary: fixture.pool });
    const { events } = await store.query(anyEvent);
    assert.deepEqual(
      events.map(({ payload }) => JSON.parse(payload).BookID),
      Array.from({ length: 25 }, (_, n) => `b${n}`),
    );
    assert.equal((await store.query(ofBook('b7'))).events.length, 1);
  });

  for (const [what, expected] of [
    ['as many as expected', 25],
    ['fewer', 40],
    ['more', 10],
  ] as const) {
    it(`of ${what} leaves numbers without a gap, and the next append takes one above all floors`, async () => {
      await emptyStore();
      await importAlone(batchesOf(25, 10), { alone: { events: expected } });
      const { events } = await fixture.store.query(added);
      const [first = 0, ...others] = events.map(({ sequenceNumber }) => Number(sequenceNumber));
      assert.deepEqual(
        others,
        others.map((_, n) => first + n + 1),
      );
      const { maxSequenceNumber } = await fixture.store.append(ofBook('next'), emptyPosition, [
        event('Next'),
      ]);
      const highest = "SELECT max(sequence_floor)::int AS floor FROM events WHERE event_type = 'Added'";
      const [{ floor = 0 } = {}] = (await query(fixture.url, highest)) as { floor: number }[];
      assert.equal(floor, first + expected - 1);
      assert.ok(maxSequenceNumber > floor, `${maxSequenceNumber} is not above ${floor}`);
      assert.ok(maxSequenceNumber > first + 24);
    });
  }

  it('lets readers go on from its last event although an append is under way', async () => {
    await emptyStore();
    await importAlone(batchesOf(25, 10));
    const store = await openPostgresEventStore({ primary: fixture.pool });
    const last = (await store.query(added)).events.at(-1)?.sequenceNumber;
    await using closed = await gate(fixture.url, { eventType: 'Held', place: 'after insert' });
    const appending = store.append(ofBook('held'), emptyPosition, [event('Held', { BookID: 'held' })]);
    await closed.reached();
    assert.equal((await store.query(added)).maxSequenceNumber, last);
    await closed.open();
    await appending;
  });

  it('is refused by an append that saw nothing', async () => {
    await emptyStore();
    await importAlone(batchesOf(3, 3));
    await assert.rejects(fixture.store.append(ofBook('b1'), emptyPosition, [event('X')]), {
      code: 'concurrency_conflict',
    });
  });

  it('is loaded beside others when events are there', async () => {
    await emptyStore();
    await importAlone(batchesOf(3, 3));
    const indexing: number[] = [];
    assert.equal(await importAlone(batchesOf(4, 2), { onIndexing: (built) => indexing.push(built) }), 4);
    assert.deepEqual(indexing, []);
    assert.equal((await fixture.store.query(anyEvent)).events.length, 7);
  });

  it('is loaded beside others when a reader would have to be waited for', async () => {
    await emptyStore();
    const reader = await fixture.pool.connect();
    try {
      await reader.query('BEGIN; SELECT count(*) FROM events');
      assert.equal(await importAlone(batchesOf(5, 5)), 5);
    } finally {
      await reader.query('COMMIT');
      reader.release();
    }
    assert.equal((await fixture.store.query(anyEvent)).events.length, 5);
  });

  it('works for a store with names of its own', async () => {
    const tables = { events: 'order', snapshots: 'order_states' };
    await migrateEventStore({ primary: fixture.url, tables });
    assert.equal(await importAlone(batchesOf(12, 5), { tables }), 12);
    const store = await openPostgresEventStore({ primary: fixture.pool, tables });
    assert.equal((await store.query(ofBook('b11'))).events.length, 1);
  });
});

const ways = [
  ['alone', { alone: { events: 6_000 } }],
  ['beside others', {}],
] as const;

describe('a bulk load that is cancelled', () => {
  const cancelled = { code: 'operation_canceled' };

  for (const [name, way] of ways) {
    it(`${name}, at any moment of its work, leaves all as it was or has stored all`, async () => {
      const random = createRandom(7);
      let count = 0;
      for (let round = 0; round < 12; round++) {
        await emptyStore();
        const before = await indexes();
        const aborter = new AbortController();
        const timer = setTimeout(() => aborter.abort(), random.fraction() * 150);
        const load = importEvents(fixture.pool, batchesOf(6_000, 500), { ...way, signal: aborter.signal });
        const stored = await load.catch((error: unknown) => {
          assert.ok(error instanceof OperationCanceledError, String(error));
          count += 1;
          return 0;
        });
        clearTimeout(timer);
        assert.equal((await query(fixture.url, 'SELECT FROM events')).length, stored);
        assert.deepEqual(await indexes(), before);
      }
      assert.ok(count > 0, 'none was cancelled');
    });

    it(`${name}, while a batch is waited for that never comes, ends at once`, async () => {
      const aborter = new AbortController();
      async function* hanging() {
        yield [event('Added')];
        aborter.abort('enough');
        await new Promise(() => undefined);
      }
      await leavesAllAsItWas(
        () => importEvents(fixture.pool, hanging(), { ...way, signal: aborter.signal }),
        {
          ...cancelled,
          cause: 'enough',
        },
      );
    });
  }

  it('while an index is built ends there', async () => {
    await using _slow = await slowIndex();
    const aborter = new AbortController();
    await leavesAllAsItWas(async () => {
      const loading = importAlone(batchesOf(50, 10), { signal: aborter.signal });
      const fails = assert.rejects(loading, cancelled);
      await backendOf('CREATE INDEX%');
      aborter.abort();
      await fails;
      return loading;
    }, cancelled);
  });
});

describe('a bulk load whose connection is killed', () => {
  const lost = { code: 'event_store_unavailable' };

  for (const [name, way] of ways) {
    it(`${name}, between two batches, leaves all as it was`, async () => {
      async function* killing() {
        yield* batchesOf(20, 10);
        await kill(await backendOf('COPY%'));
        yield* batchesOf(2_000, 10);
      }
      await leavesAllAsItWas(() => importEvents(fixture.pool, killing(), way), lost);
    });
  }

  it('while a batch is waited for that never comes hears of it', async () => {
    async function* hanging() {
      yield [event('Added')];
      await kill(await backendOf('COPY%'));
      await new Promise(() => undefined);
    }
    await leavesAllAsItWas(() => importAlone(hanging()), lost);
  });

  it('while an index is built leaves all as it was', async () => {
    await using _slow = await slowIndex();
    await leavesAllAsItWas(async () => {
      const loading = importAlone(batchesOf(50, 10));
      const fails = assert.rejects(loading, lost);
      await kill(await backendOf('CREATE INDEX%'));
      await fails;
      return loading;
    }, lost);
  });
});

/** An index that takes a while, until the first load after the block. */
async function slowIndex(): Promise<AsyncDisposable> {
  await query(
    fixture.url,
    `CREATE FUNCTION dawdle(text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS
      $$ BEGIN IF $1 = 'b49' THEN PERFORM pg_sleep(30); END IF; RETURN $1; END $$;
     CREATE INDEX events_slow ON events (dawdle(payload ->> 'BookID'))`,
  );
  const drop = 'DROP FUNCTION dawdle CASCADE';
  return { [Symbol.asyncDispose]: async () => void (await query(fixture.url, drop)) };
}

/** The process of the only other connection that is running such a statement, as soon as there is one. */
async function backendOf(statement: string): Promise<number> {
  const sql = `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '${statement}'
    AND state = 'active'`;
  const deadline = performance.now() + 10_000;
  for (;;) {
    const [found] = (await query(fixture.url, sql)) as { pid: number }[];
    if (found) return found.pid;
    assert.ok(performance.now() < deadline, `nobody ran ${statement}`);
  }
}

function kill(pid: number): Promise<unknown> {
  return query(fixture.url, `SELECT pg_terminate_backend(${pid}, 5000)`);
}
