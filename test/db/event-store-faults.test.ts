import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import pg from 'pg';
import type { EventFilter } from '../../server/eventstore/event-filter.ts';
import { buildEventFilter } from '../../server/eventstore/event-filter-builder.ts';
import { emptyPosition, type Position } from '../../server/eventstore/event-store.ts';
import { allEventsKey } from '../../server/eventstore/postgres/append-locks.ts';
import { importEvents } from '../../server/eventstore/postgres/import-events.ts';
import { openPostgresEventStore } from '../../server/eventstore/postgres/open-event-store.ts';
import { tableNames } from '../../server/eventstore/postgres/table-names.ts';
import { p } from '../../server/eventstore/predicate.ts';
import { buildStorableEvent } from '../../server/eventstore/storable-event.ts';
import { collect, event, type PostgresFixture, postgresFixture } from '../contract/event-store-fixture.ts';
import { testDatabase } from './support/test-database.ts';

const anyEvent = buildEventFilter().matchingAnyEvent();
const ofBook = (id: string) => buildEventFilter().matching().anyPredicateOf(p('BookID', id)).finalize();

let fixture: PostgresFixture;
let admin: pg.Client;
/** Apart from the admin, in whose transactions the server's activity would stand still. */
let observer: pg.Client;
before(async () => {
  fixture = await postgresFixture({ connections: 3 });
  admin = new pg.Client({ connectionString: fixture.url });
  observer = new pg.Client({ connectionString: fixture.url });
  await Promise.all([admin.connect(), observer.connect()]);
  await fixture.store.append(
    anyEvent,
    emptyPosition,
    Array.from({ length: 50 }, () => event('A')),
  );
});
after(async () => {
  await Promise.all([admin.end(), observer.end()]);
  await fixture[Symbol.asyncDispose]();
});

/** What the store waits for is held by the admin's lock: reads by one on the table, appends by one on a key. */
const operations = [
  {
    name: 'a query',
    start: (options: object) => fixture.store.query(anyEvent, options),
    block: () => admin.query('BEGIN; LOCK TABLE events IN ACCESS EXCLUSIVE MODE'),
  },
  {
    name: 'a replay',
    start: (options: object) => collect(fixture.store.replay(anyEvent, options)),
    block: () => admin.query('BEGIN; LOCK TABLE events IN ACCESS EXCLUSIVE MODE'),
  },
  {
    name: 'an append',
    start: (options: object) =>
      fixture.store.append(ofBook('b'), emptyPosition, [event('A', { BookID: 'b' })], options),
    block: () => lockAll(),
  },
  {
    name: 'a bulk load',
    start: (options: object) => importEvents(fixture.pool, [[event('A', { BookID: 'b' })]], options),
    block: () => lockAll(),
  },
];

for (const { name, start, block } of operations) {
  describe(`${name} that has to wait in the database`, () => {
    it('is cancelled there by its signal', async () => {
      await using _blocked = await blocked(block);
      const aborter = new AbortController();
      const running = assert.rejects(start({ signal: aborter.signal }), {
        code: 'operation_canceled',
        cause: 'enough',
      });
      await someoneWaits();
      aborter.abort('enough');
      await running;
      await nobodyWaits();
      assert.deepEqual(await storedForBook(), []);
    });

    it('fails when its connection is killed, and the store goes on', async () => {
      await using _blocked = await blocked(block);
      const code = name === 'an append' ? 'unknown_outcome' : 'event_store_unavailable';
      const running = assert.rejects(start({}), { code });
      await killWhoWaits();
      await running;
      await nobodyWaits();
      assert.deepEqual(await storedForBook(), []);
    });
  });
}

for (const { name, start, block } of operations.filter((operation) => operation.name !== 'a bulk load')) {
  it(`${name} that has to wait in the database is cancelled there by its timeout`, async () => {
    await using _blocked = await blocked(block);
    await assert.rejects(start({ timeoutMs: 50 }), { code: 'query_timeout' });
    await nobodyWaits();
    assert.deepEqual(await storedForBook(), []);
  });
}

describe('an append whose connection dies while it commits', () => {
  it('has an unknown outcome, and the next query tells it', async () => {
    // Deferred to the commit: by then the insert is done, and the server could still go either way.
    await admin.query(`
      CREATE FUNCTION die_at_commit() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$;
      CREATE CONSTRAINT TRIGGER die_at_commit AFTER INSERT ON events DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW WHEN (NEW.event_type = 'Deadly') EXECUTE FUNCTION die_at_commit()`);
    await assert.rejects(
      fixture.store.append(ofBook('d'), emptyPosition, [event('Deadly', { BookID: 'd' })]),
      {
        code: 'unknown_outcome',
      },
    );
    assert.deepEqual((await fixture.store.query(ofBook('d'))).events, []);
  });
});

describe('connections', () => {
  it('all come back after conflicts, refusals, early ends and faults', async () => {
    const append = (position: Position) => fixture.store.append(anyEvent, position, [event('A')]);
    for (let i = 0; i < 10; i++) {
      await assert.rejects(append(emptyPosition), { code: 'concurrency_conflict' });
      await assert.rejects(append('12:5:nonsense' as Position), { code: 'invalid_option' });
      for await (const _batch of fixture.store.replay(anyEvent, { batchSize: 1 })) break;
      assert.throws(() => fixture.store.replay(anyEvent, { batchSize: 0 }), { code: 'invalid_option' });
    }
    assert.equal(fixture.pool.waitingCount, 0);
    assert.equal(fixture.pool.idleCount, fixture.pool.totalCount);
  });

  it('are waited for no longer than the caller wants', async () => {
    const taken = await Promise.all([1, 2, 3].map(() => fixture.pool.connect()));
    const aborter = new AbortController();
    const canceled = assert.rejects(fixture.store.query(anyEvent, { signal: aborter.signal }), {
      code: 'operation_canceled',
    });
    aborter.abort();
    await canceled;
    await assert.rejects(fixture.store.query(anyEvent, { timeoutMs: 20 }), { code: 'query_timeout' });
    for (const client of taken) client.release();
    assert.equal((await fixture.store.query(anyEvent)).events.length, 50);
  });

  it('of a statement_timeout set by the database give a timeout', async () => {
    // Long enough to open the store on a busy machine.
    const impatient = new pg.Pool({ connectionString: fixture.url, statement_timeout: 500 });
    const store = await openPostgresEventStore({ primary: impatient });
    await using _blocked = await blocked(() => lockAll());
    await assert.rejects(store.append(ofBook('t'), emptyPosition, [event('A')]), { code: 'query_timeout' });
    await impatient.end();
  });

  it('with a stricter isolation level are refused for appends, which would not see what they wait for', async () => {
    const url = new URL(fixture.url);
    url.searchParams.set('options', '-c default_transaction_isolation=serializable');
    const strict = new pg.Pool({ connectionString: url.href });
    const store = await openPostgresEventStore({ primary: strict });
    await assert.rejects(store.append(ofBook('s'), emptyPosition, [event('A')]), /isolation level/);
    await strict.end();
  });
});

describe('what the database itself refuses', () => {
  const foreign = (payload: string) => ({ ...buildStorableEvent(event('A')), payload });
  for (const payload of [
    '{',
    '[]',
    '{"a":"\\u0000"}',
    `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
    '{"a":1e999999}',
  ]) {
    it(`is an invalid event, stored by nobody: ${payload.slice(0, 20)}`, async () => {
      const append = fixture.store.append(ofBook('x'), emptyPosition, [
        event('A', { BookID: 'x' }),
        foreign(payload),
      ]);
      await assert.rejects(append, { code: 'invalid_event' });
      assert.deepEqual((await fixture.store.query(ofBook('x'))).events, []);
    });
  }
});

describe('opening', () => {
  it('a database without the tables says that the migrations are missing', async () => {
    await using empty = await testDatabase();
    await assert.rejects(openPostgresEventStore({ primary: empty.url }), { code: 'schema_version' });
  });

  it('a database that does not answer says so', async () => {
    const nowhere = new URL(fixture.url);
    nowhere.port = '1';
    await assert.rejects(openPostgresEventStore({ primary: nowhere.href }), {
      code: 'event_store_unavailable',
    });
  });

  it('by URL gives a store that closes its own connections and then refuses', async () => {
    const store = await openPostgresEventStore({ primary: fixture.url });
    assert.equal((await store.query(anyEvent)).events.length, 50);
    await store.close();
    await store.close();
    await assert.rejects(store.query(anyEvent), { code: 'event_store_unavailable' });
  });
});

async function blocked(block: () => Promise<unknown>): Promise<AsyncDisposable> {
  await block();
  return {
    [Symbol.asyncDispose]: async () => {
      await admin.query('ROLLBACK');
    },
  };
}

const allEvents = allEventsKey(tableNames());

function lockAll(): Promise<unknown> {
  return admin.query(`BEGIN; SELECT pg_advisory_xact_lock(${allEvents})`);
}

const waitingBackends = `
  SELECT pid FROM pg_stat_activity
  WHERE datname = current_database() AND wait_event_type = 'Lock' AND pid <> pg_backend_pid()`;

const someoneWaits = () => waitUntil((waiting) => waiting > 0);
const nobodyWaits = () => waitUntil((waiting) => waiting === 0);

async function waitUntil(isReached: (waiting: number) => boolean): Promise<void> {
  const deadline = performance.now() + 10_000;
  for (;;) {
    const { rowCount } = await observer.query(waitingBackends);
    if (isReached(rowCount ?? 0)) return;
    assert.ok(performance.now() < deadline, `${rowCount} connections wait for a lock`);
  }
}

async function killWhoWaits(): Promise<void> {
  await someoneWaits();
  await observer.query(`SELECT pg_terminate_backend(pid) FROM (${waitingBackends}) AS waiting`);
}

async function storedForBook(filter: EventFilter = ofBook('b')): Promise<readonly unknown[]> {
  // Read inside of the admin's transaction, which may hold the table's lock.
  const [item] = filter.items;
  const { rows } = await admin.query("SELECT FROM events WHERE payload ->> 'BookID' = $1", [
    item?.predicates[0]?.value,
  ]);
  return rows;
}
