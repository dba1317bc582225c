import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import pg from 'pg';
import { startEmbeddedPostgres } from '../../server/database/embedded/embedded-postgres.ts';
import { buildEventFilter } from '../../server/eventstore/event-filter-builder.ts';
import { type CallOptions, type EventStore, emptyPosition } from '../../server/eventstore/event-store.ts';
import { migrateEventStore } from '../../server/eventstore/postgres/migrate-event-store.ts';
import { openPostgresEventStore } from '../../server/eventstore/postgres/open-event-store.ts';
import { p } from '../../server/eventstore/predicate.ts';
import type { SafeSequenceNumber } from '../../server/eventstore/storable-event.ts';
import { collect, event, type PostgresFixture, postgresFixture } from '../contract/event-store-fixture.ts';
import { occupiedPort } from './support/occupied-port.ts';
import { type DatabaseProxy, databaseProxy } from './support/proxy.ts';
import { temporaryDirectory } from './support/temporary-directory.ts';
import { becomesWhole, until } from './support/until.ts';

const ofBook = (id: string) => buildEventFilter().matching().anyPredicateOf(p('BookID', id)).finalize();
const unknownOutcome = {
  name: 'UnknownOutcomeError',
  code: 'unknown_outcome',
  message: 'The connection was lost before the outcome of the append was known.',
  advice: 'Query with the same filter to see whether the events were stored before trying again.',
};
const unavailable = {
  name: 'EventStoreUnavailableError',
  code: 'event_store_unavailable',
  message: /^The event store's database failed: .+/,
  advice: 'Check that the database runs and can be reached.',
};

/** Every operation, and what it says when it cannot get a connection at all. */
const operations: readonly [
  name: string,
  start: (store: EventStore, options?: CallOptions) => Promise<unknown>,
][] = [
  ['a query', (store, options) => store.query(ofBook('gone'), options)],
  ['a replay', (store, options) => collect(store.replay(ofBook('gone'), options))],
  [
    'an append',
    (store, options) =>
      store.append(ofBook('gone'), emptyPosition, [event('Added', { BookID: 'gone' })], options),
  ],
  [
    'saving a snapshot',
    (store, options) =>
      store.saveSnapshot(
        {
          projectionType: 'Books',
          filter: ofBook('gone'),
          sequenceNumber: 0 as SafeSequenceNumber,
          data: '{}',
        },
        options,
      ),
  ],
  ['loading a snapshot', (store, options) => store.loadSnapshot('Books', ofBook('gone'), options)],
  ['deleting a snapshot', (store, options) => store.deleteSnapshot('Books', ofBook('gone'), options)],
];

let fixture: PostgresFixture;
let proxy: DatabaseProxy;
let pool: pg.Pool;
let store: EventStore;
before(async () => {
  fixture = await postgresFixture();
  proxy = await databaseProxy(fixture.url);
  ({ pool, store } = await storeBehind(proxy));
});
after(async () => {
  await pool.end();
  await proxy[Symbol.asyncDispose]();
  await fixture[Symbol.asyncDispose]();
});
beforeEach(() => proxy.restore(fixture.url));

describe('a server that is gone before', () => {
  for (const [name, start] of operations) {
    it(`${name} is told as unavailable, and the next one works when it is back`, async () => {
      await loseServer(proxy, pool);
      await assert.rejects(start(store), unavailable);
      proxy.restore();
      await store.query(ofBook('gone'));
      await becomesWhole(pool);
    });
  }

  it('stores nothing', async () => {
    await loseServer(proxy, pool);
    const append = store.append(ofBook('never'), emptyPosition, [event('A', { BookID: 'never' })]);
    await assert.rejects(append, unavailable);
    assert.deepEqual((await fixture.store.query(ofBook('never'))).events, []);
  });

  it('leaves the outcome of an append open that was sent before the loss was noticed', async () => {
    await store.query(ofBook('sent'));
    proxy.cut();
    const append = store.append(ofBook('sent'), emptyPosition, [event('A', { BookID: 'sent' })]);
    await assert.rejects(append, unknownOutcome);
    assert.deepEqual((await fixture.store.query(ofBook('sent'))).events, []);
  });
});

describe('a server that takes connections and never says a word', () => {
  for (const [name, start] of operations) {
    it(`holds up ${name} no longer than the caller wants`, async () => {
      await using silent = await occupiedPort();
      const url = new URL(fixture.url);
      url.port = String(silent.port);
      await loseServer(proxy, pool);
      proxy.restore(url.href);
      await assert.rejects(start(store, { timeoutMs: 50 }), { code: 'query_timeout' });
      const aborter = new AbortController();
      const running = assert.rejects(start(store, { signal: aborter.signal }), {
        code: 'operation_canceled',
        cause: 'enough',
      });
      aborter.abort('enough');
      await running;
      // The pool still tries to connect for nobody; the end of the silent server ends that, too.
      proxy.cut();
      proxy.restore(fixture.url);
      await store.query(ofBook('gone'));
      await becomesWhole(pool);
    });
  }
});

describe('a server whose answer to a commit never comes', () => {
  const endings: readonly [
    how: string,
    options: (aborter: AbortController) => CallOptions,
    end: (aborter: AbortController) => void,
  ][] = [
    ['the connection breaks', () => ({}), () => proxy.cut()],
    ['the caller’s time is over', () => ({ timeoutMs: 300 }), () => undefined],
    ['the caller gives up', ({ signal }) => ({ signal }), (aborter) => aborter.abort('enough')],
  ];
  for (const [index, [how, options, end]] of endings.entries()) {
    it(`has stored the events, and the caller is told to look, when ${how}`, async () => {
      const filter = ofBook(`answer-${index}`);
      const { position } = await store.query(filter);
      const aborter = new AbortController();
      proxy.holdAnswers();
      const append = assert.rejects(
        store.append(filter, position, [event('Added', { BookID: `answer-${index}` })], options(aborter)),
        unknownOutcome,
      );
      await proxy.answerHeld();
      end(aborter);
      await append;
      proxy.cut();
      proxy.restore();
      assert.equal((await store.query(filter)).events.length, 1, 'the following query tells the truth');
      // Whoever tries again without looking is not let through.
      await assert.rejects(store.append(filter, position, [event('Added')]), {
        code: 'concurrency_conflict',
      });
      await becomesWhole(pool);
    });
  }

  it('has refused the events, and the caller is told to look just the same', async () => {
    const filter = ofBook('refused');
    const { position } = await store.query(filter);
    await fixture.store.append(filter, emptyPosition, [event('Other', { BookID: 'refused' })]);
    proxy.holdAnswers();
    const append = assert.rejects(store.append(filter, position, [event('Added')]), unknownOutcome);
    await proxy.answerHeld();
    proxy.cut();
    await append;
    proxy.restore();
    assert.deepEqual(
      (await store.query(filter)).events.map(({ eventType }) => eventType),
      ['Other'],
    );
  });

  it('to a read is unavailable, not unknown', async () => {
    await store.query(ofBook('read'));
    proxy.holdAnswers();
    const query = assert.rejects(store.query(ofBook('read')), unavailable);
    await proxy.answerHeld();
    proxy.cut();
    await query;
  });
});

describe('a server that is killed', { timeout: 120_000 }, () => {
  it('during a commit has lost the events, and after a commit kept them; the caller is told to look both times', async () => {
    await using place = await temporaryDirectory();
    const start = () =>
      startEmbeddedPostgres({ dataDirectory: path.join(place.path, 'data'), log: () => undefined });
    let server = await start();
    await using _stop = { [Symbol.asyncDispose]: () => server.stop() };
    const kill = async () => {
      process.kill(server.pid, 'SIGKILL');
      await server.exited;
    };
    await migrateEventStore({ primary: server.connectionString });
    await using between = await databaseProxy(server.connectionString);
    await using behind = await storeBehind(between);
    const own = behind.store;
    await own.append(ofBook('before'), emptyPosition, [event('Added', { BookID: 'before' })]);

    const gate = await gateBeforeCommit(server.connectionString);
    const during = assert.rejects(
      own.append(ofBook('during'), emptyPosition, [event('Gated', { BookID: 'during' })]),
      unknownOutcome,
    );
    await gate.reached();
    await kill();
    await during;
    await gate.abandon();

    await assert.rejects(own.query(ofBook('during')), unavailable);
    server = await start();
    between.restore(server.connectionString);
    assert.deepEqual((await own.query(ofBook('during'))).events, []);

    const { position } = await own.query(ofBook('after'));
    between.holdAnswers();
    const afterwards = assert.rejects(
      own.append(ofBook('after'), position, [event('Added', { BookID: 'after' })]),
      unknownOutcome,
    );
    await between.answerHeld();
    await kill();
    between.cut();
    await afterwards;

    server = await start();
    between.restore(server.connectionString);
    for (const id of ['before', 'after']) assert.equal((await own.query(ofBook(id))).events.length, 1, id);
    await assert.rejects(own.append(ofBook('after'), position, [event('Added')]), {
      code: 'concurrency_conflict',
    });
    await becomesWhole(behind.pool);
  });
});

interface StoreBehind extends AsyncDisposable {
  readonly pool: pg.Pool;
  readonly store: EventStore;
}

async function storeBehind({ url }: DatabaseProxy): Promise<StoreBehind> {
  const behind = new pg.Pool({ connectionString: url, max: 3 });
  // Idle connections die here all the time; the pool drops them.
  behind.on('error', () => undefined);
  const opened = await openPostgresEventStore({ primary: behind });
  return { pool: behind, store: opened, [Symbol.asyncDispose]: () => behind.end() };
}

/** Resolves when the pool has noticed. */
async function loseServer(lost: DatabaseProxy, connections: pg.Pool): Promise<void> {
  lost.cut();
  await until(() => connections.totalCount === 0, 'connections are still open');
}

const gateKey = 4712;

/** Deferred to the commit: by then everything is inserted, and the transaction waits inside of COMMIT. */
async function gateBeforeCommit(url: string) {
  const keeper = new pg.Client({ connectionString: url });
  keeper.on('error', () => undefined);
  await keeper.connect();
  await keeper.query(`
    CREATE FUNCTION wait_at_gate() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN PERFORM pg_advisory_xact_lock(${gateKey}); RETURN NULL; END $$;
    CREATE CONSTRAINT TRIGGER wait_at_gate AFTER INSERT ON events DEFERRABLE INITIALLY DEFERRED
      FOR EACH ROW WHEN (NEW.event_type = 'Gated') EXECUTE FUNCTION wait_at_gate()`);
  await keeper.query(`SELECT pg_advisory_lock(${gateKey})`);
  return {
    reached: async () => {
      const deadline = performance.now() + 30_000;
      for (;;) {
        const { rowCount } = await keeper.query(
          "SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted",
        );
        if (rowCount === 1) return;
        assert.ok(performance.now() < deadline, 'the append did not reach its commit');
      }
    },
    abandon: () => keeper.end().catch(() => undefined),
  };
}
