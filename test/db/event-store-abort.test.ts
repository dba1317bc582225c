import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import pg from 'pg';
import { buildEventFilter } from '../../server/eventstore/event-filter-builder.ts';
import { type CallOptions, emptyPosition } from '../../server/eventstore/event-store.ts';
import { openPostgresEventStore } from '../../server/eventstore/postgres/open-event-store.ts';
import { p } from '../../server/eventstore/predicate.ts';
import type { SafeSequenceNumber } from '../../server/eventstore/storable-event.ts';
import { collect, event, type PostgresFixture, postgresFixture } from '../contract/event-store-fixture.ts';
import { becomesWhole, until } from './support/until.ts';

const connections = 2;
const stored = 30;
const anyEvent = buildEventFilter().matchingAnyEvent();
const ofBook = buildEventFilter().matching().anyPredicateOf(p('BookID', 'aborted')).finalize();

let fixture: PostgresFixture;
/** Holds what the operations wait for, and looks at what they do. */
let admin: pg.Client;
let observer: pg.Client;
let aborter: AbortController;
before(async () => {
  fixture = await postgresFixture({ connections });
  admin = new pg.Client({ connectionString: fixture.url });
  observer = new pg.Client({ connectionString: fixture.url });
  await Promise.all([admin.connect(), observer.connect()]);
  await observer.query(slowness);
  await fixture.store.append(
    anyEvent,
    emptyPosition,
    Array.from({ length: stored }, (_, n) => event('A', { n })),
  );
});
after(async () => {
  await Promise.all([admin.end(), observer.end()]);
  await fixture[Symbol.asyncDispose]();
});
beforeEach(() => {
  aborter = new AbortController();
});

interface Operation {
  readonly name: string;
  readonly start: (options: CallOptions) => Promise<unknown>;
  /** The lock on a table that keeps it waiting. */
  readonly lock: string;
  /** The table that becomes slow for it. */
  readonly slow: 'events' | 'snapshots';
  readonly writes: boolean;
}

const snapshot = {
  projectionType: 'Aborted',
  filter: ofBook,
  sequenceNumber: 1 as SafeSequenceNumber,
  data: '{}',
};
const operations: readonly Operation[] = [
  {
    name: 'a query',
    start: (options) => fixture.store.query(anyEvent, options),
    lock: 'events IN ACCESS EXCLUSIVE MODE',
    slow: 'events',
    writes: false,
  },
  {
    name: 'a replay',
    start: (options) => collect(fixture.store.replay(anyEvent, options)),
    lock: 'events IN ACCESS EXCLUSIVE MODE',
    slow: 'events',
    writes: false,
  },
  {
    name: 'an append',
    start: (options) =>
      fixture.store.append(ofBook, emptyPosition, [event('Added', { BookID: 'aborted' })], options),
    lock: 'events IN EXCLUSIVE MODE',
    slow: 'events',
    writes: true,
  },
  {
    name: 'saving a snapshot',
    start: (options) => fixture.store.saveSnapshot(snapshot, options),
    lock: 'snapshots IN EXCLUSIVE MODE',
    slow: 'snapshots',
    writes: true,
  },
  {
    name: 'loading a snapshot',
    start: (options) => fixture.store.loadSnapshot('Aborted', ofBook, options),
    lock: 'snapshots IN ACCESS EXCLUSIVE MODE',
    slow: 'snapshots',
    writes: false,
  },
  {
    name: 'deleting a snapshot',
    start: (options) => fixture.store.deleteSnapshot('Aborted', ofBook, options),
    lock: 'snapshots IN EXCLUSIVE MODE',
    slow: 'snapshots',
    writes: false,
  },
];

for (const { name, start, lock, slow, writes } of operations) {
  describe(`${name} that is aborted`, () => {
    afterEach(async () => {
      await becomesWhole(fixture.pool);
      // Nothing was stored, nobody waits any more, and all connections work.
      const reads = Array.from({ length: connections + 1 }, () => fixture.store.query(anyEvent));
      for (const { events } of await Promise.all(reads)) assert.equal(events.length, stored);
      assert.equal(await fixture.store.loadSnapshot('Aborted', ofBook), undefined);
    });

    it('before the call does nothing', async () => {
      aborter.abort('enough');
      await assert.rejects(start({ signal: aborter.signal }), canceled);
    });

    it('while it waits for a connection gives up its place', async () => {
      const taken = await Promise.all(Array.from({ length: connections }, () => fixture.pool.connect()));
      const running = assert.rejects(start({ signal: aborter.signal }), canceled);
      await until(() => fixture.pool.waitingCount === 1, 'nobody waits for a connection');
      aborter.abort('enough');
      await running;
      for (const client of taken) client.release();
    });

    it('while it waits for a lock ends there', async () => {
      await admin.query(`BEGIN; LOCK TABLE ${lock}`);
      const running = assert.rejects(start({ signal: aborter.signal }), canceled);
      await somebodyDoes('Lock');
      aborter.abort('enough');
      await running;
      await admin.query('ROLLBACK');
    });

    it('while its statement runs ends there', async () => {
      await using _slow = await made(slow, writes);
      const running = assert.rejects(start({ signal: aborter.signal }), canceled);
      await somebodyDoes('PgSleep');
      aborter.abort('enough');
      await running;
      await nobodyDoes('PgSleep');
    });

    if (writes) return;
    it('after its end is as if nothing had happened', async () => {
      await start({ signal: aborter.signal });
      aborter.abort('too late');
    });
  });
}

describe('an append that is aborted', () => {
  it('during its commit stores nothing', async () => {
    await observer.query(`
      CREATE CONSTRAINT TRIGGER sleep_at_commit AFTER INSERT ON events DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION sleep_long()`);
    const append = fixture.store.append(ofBook, emptyPosition, [event('Added')], { signal: aborter.signal });
    const running = assert.rejects(append, canceled);
    await somebodyDoes('PgSleep');
    aborter.abort('enough');
    await running;
    await observer.query('DROP TRIGGER sleep_at_commit ON events');
    assert.equal((await fixture.store.query(anyEvent)).events.length, stored);
    await becomesWhole(fixture.pool);
  });
});

describe('a replay that is aborted', () => {
  it('between two batches gives no further one', async () => {
    const seen: number[] = [];
    const replay = fixture.store.replay(anyEvent, { batchSize: 10, signal: aborter.signal });
    await assert.rejects(async () => {
      for await (const batch of replay) {
        seen.push(batch.length);
        await becomesIdleInTransaction();
        aborter.abort('enough');
      }
    }, canceled);
    assert.deepEqual(seen, [10]);
    await becomesWhole(fixture.pool);
    await nobodyIsInTransaction();
  });

  it('while the next batch is being fetched ends the fetch', async () => {
    await using inOrder = await storeThatReadsInOrder();
    await using _slow = await made('events', false, await numberOfEvent(15));
    const seen: number[] = [];
    const replay = inOrder.store.replay(anyEvent, { batchSize: 10, signal: aborter.signal });
    await assert.rejects(async () => {
      for await (const batch of replay) {
        seen.push(batch.length);
        await somebodyDoes('PgSleep');
        aborter.abort('enough');
      }
    }, canceled);
    assert.deepEqual(seen, [10]);
    await nobodyDoes('PgSleep');
    await becomesWhole(inOrder.pool);
  });

  it('after its loop was left while the next batch was being fetched keeps no connection', async () => {
    await using inOrder = await storeThatReadsInOrder();
    await using _slow = await made('events', false, await numberOfEvent(15));
    for await (const batch of inOrder.store.replay(anyEvent, { batchSize: 10, signal: aborter.signal })) {
      assert.equal(batch.length, 10);
      await somebodyDoes('PgSleep');
      setImmediate(() => aborter.abort('enough'));
      break;
    }
    await nobodyDoes('PgSleep');
    await becomesWhole(inOrder.pool);
  });
});

const canceled = {
  name: 'OperationCanceledError',
  code: 'operation_canceled',
  message: 'The operation was cancelled.',
  cause: 'enough',
};

// Sleeping can be cancelled like any work, and pg_stat_activity shows it.
const slowness = `
  CREATE FUNCTION sleep_long() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN PERFORM pg_sleep(60); RETURN NEW; END $$;
  CREATE FUNCTION slowly(is_slow boolean) RETURNS boolean LANGUAGE plpgsql VOLATILE AS
    $$ BEGIN IF is_slow THEN PERFORM pg_sleep(60); END IF; RETURN true; END $$`;

/** Writes sleep in a trigger; reads in a view, which stands in the table's place, from a sequence number on. */
async function made(table: Operation['slow'], writes: boolean, from = 1): Promise<AsyncDisposable> {
  const [slow, undo] = writes
    ? [
        `CREATE TRIGGER sleep BEFORE INSERT ON ${table} FOR EACH ROW EXECUTE FUNCTION sleep_long()`,
        `DROP TRIGGER sleep ON ${table}`,
      ]
    : [
        `BEGIN; ALTER TABLE ${table} RENAME TO fast; CREATE VIEW ${table} AS SELECT * FROM fast WHERE slowly(sequence_number >= ${from}); COMMIT`,
        `BEGIN; DROP VIEW ${table}; ALTER TABLE fast RENAME TO ${table}; COMMIT`,
      ];
  // A read of the snapshots needs a row to be slow at.
  const row = table === 'snapshots' && !writes;
  if (row) await fixture.store.saveSnapshot(snapshot);
  await observer.query(slow);
  return {
    [Symbol.asyncDispose]: async () => {
      // Whoever still sleeps after a test that failed would keep its lock.
      await observer.query(`SELECT pg_terminate_backend(pid) ${others} AND wait_event = 'PgSleep'`);
      await observer.query(undo);
      if (row) await fixture.store.deleteSnapshot('Aborted', ofBook);
    },
  };
}

/** Numbers have gaps where appends were cancelled. */
async function numberOfEvent(place: number): Promise<number> {
  const { events } = await fixture.store.query(anyEvent);
  return events[place - 1]?.sequenceNumber ?? assert.fail(`there is no event ${place}`);
}

const others = 'FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()';

const somebodyDoes = (wait: 'Lock' | 'PgSleep') => sessions(`${waiting(wait)}`, (count) => count > 0);
const nobodyDoes = (wait: 'Lock' | 'PgSleep') => sessions(`${waiting(wait)}`, (count) => count === 0);
const becomesIdleInTransaction = () => sessions("state = 'idle in transaction'", (count) => count === 1);
const nobodyIsInTransaction = () => sessions("state LIKE 'idle in transaction%'", (count) => count === 0);

function waiting(wait: string): string {
  return `'${wait}' IN (wait_event_type, wait_event) AND state = 'active'`;
}

async function sessions(condition: string, isReached: (count: number) => boolean): Promise<void> {
  const deadline = performance.now() + 10_000;
  for (;;) {
    const { rowCount } = await observer.query(`SELECT ${others} AND ${condition}`);
    if (isReached(rowCount ?? 0)) return;
    assert.ok(performance.now() < deadline, `${rowCount} connections with ${condition}`);
  }
}

/** With the plan of a large table: a small one is read as a whole and sorted before the first row comes. */
async function storeThatReadsInOrder() {
  const url = new URL(fixture.url);
  url.searchParams.set('options', '-c enable_sort=off -c enable_seqscan=off -c enable_bitmapscan=off');
  const pool = new pg.Pool({ connectionString: url.href, max: connections });
  const store = await openPostgresEventStore({ primary: pool });
  return { pool, store, [Symbol.asyncDispose]: () => pool.end() };
}
