import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { after, before, describe, it } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import pg from 'pg';
import { buildEventFilter } from '../../server/eventstore/event-filter-builder.ts';
import type { AppendResult, CallOptions, EventStore } from '../../server/eventstore/event-store.ts';
import type { EventStoreInstrumentation } from '../../server/eventstore/instrumentation.ts';
import { openPostgresEventStore } from '../../server/eventstore/postgres/open-event-store.ts';
import type { PostgresEventStore } from '../../server/eventstore/postgres/postgres-event-store.ts';
import { p } from '../../server/eventstore/predicate.ts';
import type { StorableEvent } from '../../server/eventstore/storable-event.ts';
import { event, type PostgresFixture, postgresFixture } from '../contract/event-store-fixture.ts';
import { outcomeOf, resultOf, settled } from './support/append-outcomes.ts';
import { ContextRecorder } from './support/context-recorder.ts';
import { gate } from './support/gate.ts';
import { openTransaction } from './support/open-transaction.ts';
import { databaseProxy } from './support/proxy.ts';
import { becomesWhole } from './support/until.ts';

const ofBook = (id: string) => buildEventFilter().matching().anyPredicateOf(p('BookID', id)).finalize();
const ofReader = (id: string) => buildEventFilter().matching().anyPredicateOf(p('ReaderID', id)).finalize();
const conflict = { code: 'concurrency_conflict' };

let fixture: PostgresFixture;
/** Of the same events: what the others do. */
let elsewhere: EventStore;
before(async () => {
  fixture = await postgresFixture({ appendsAtOnce: 1 });
  elsewhere = await openPostgresEventStore({ primary: fixture.pool });
  // Boundaries that nobody has written to yet are looked up by the index, each by itself.
  await fixture.store.append(ofBook('first'), (await fixture.store.query(ofBook('first'))).position, [
    event('Added', { BookID: 'first' }),
  ]);
});
after(() => fixture[Symbol.asyncDispose]());

describe('appends that come while another one is under way', () => {
  it('go in one transaction, and each goes on from its own position', async () => {
    const books = names('one', 12);
    const results = await settled(await sentTogether(await decidedAll(books)));
    assert.deepEqual(results.map(outcomeOf), Array(12).fill('stored'));
    assert.equal((await transactionsOf(books)).size, 1);
    for (const [index, book] of books.entries()) {
      const { position, maxSequenceNumber } = resultOf(results[index]);
      const { events } = await fixture.store.query(ofBook(book));
      assert.equal(events[0]?.sequenceNumber, maxSequenceNumber);
      await fixture.store.append(ofBook(book), position, [event('Returned', { BookID: book })]);
      await assert.rejects(fixture.store.append(ofBook(book), position, [event('Late')]), conflict);
    }
  });

  it('see what others stored after a position that was given to one of them', async () => {
    const books = names('seen', 3);
    const [first] = await settled(await sentTogether(await decidedAll(books)));
    const { position } = await elsewhere.query(ofBook('seen-0'));
    await elsewhere.append(ofBook('seen-0'), position, [event('Other', { BookID: 'seen-0' })]);
    const late = fixture.store.append(ofBook('seen-0'), resultOf(first).position, [event('Late')]);
    await assert.rejects(late, conflict);
  });

  it('are refused one by one', async () => {
    const books = names('stale', 6);
    const appends = await decidedAll(books);
    const { position } = await elsewhere.query(ofBook('stale-2'));
    await elsewhere.append(ofBook('stale-2'), position, [event('Other', { BookID: 'stale-2' })]);
    const results = await settled(await sentTogether(appends));
    assert.deepEqual(results.map(outcomeOf), [
      'stored',
      'stored',
      'concurrency_conflict',
      ...Array(3).fill('stored'),
    ]);
    assert.equal((await transactionsOf(books.filter((book) => book !== 'stale-2'))).size, 1);
  });

  it('are stored without the one whose event the database refuses', async () => {
    await fixture.pool.query(`ALTER TABLE events ADD CONSTRAINT no_worms CHECK (event_type <> 'Eaten')`);
    const appends = await Promise.all(
      names('worm', 5).map((BookID, index) =>
        decided(BookID, event(index === 3 ? 'Eaten' : 'Lent', { BookID })),
      ),
    );
    const results = await settled(await sentTogether(appends));
    await fixture.pool.query('ALTER TABLE events DROP CONSTRAINT no_worms');
    assert.deepEqual(results.map(outcomeOf), ['stored', 'stored', 'stored', 'invalid_event', 'stored']);
    assert.match(String(results[3]?.status === 'rejected' && results[3].reason), /no_worms/);
  });

  it('do not go together if one stores what the boundary of another reads', async () => {
    for (let round = 0; round < 10; round++) {
      const [book, reader] = [`touch-${round}`, `touch-${round}`];
      const lent = event('Lent', { BookID: book, ReaderID: reader });
      const appends = [await decided(book, lent), await decided(book, lent), await decidedOn(reader, lent)];
      const outcomes = (await settled(await sentTogether(appends))).map(outcomeOf);
      assert.deepEqual(outcomes.toSorted(), ['concurrency_conflict', 'concurrency_conflict', 'stored']);
    }
  });

  it('give no position that covers what another one stored', async () => {
    const book = event('Lent', { BookID: 'cover' });
    const both = event('Lent', { BookID: 'cover', ReaderID: 'cover' });
    const appends = [await decided('cover', book), await decidedOn('cover', both)];
    const [first, second] = await settled(await sentTogether(appends));
    assert.deepEqual([outcomeOf(first), outcomeOf(second)], ['stored', 'stored']);
    const { position } = resultOf(first);
    await assert.rejects(fixture.store.append(ofBook('cover'), position, [event('Late')]), conflict);
  });

  it('do not wait for one whose lock somebody else holds', { timeout: 30_000 }, async () => {
    const books = names('held', 5);
    const appends = await decidedAll(books);
    await using other = await openTransaction(fixture.url);
    const { position } = await other.store.query(ofBook('held-1'));
    await other.store.append(ofBook('held-1'), position, [event('Other', { BookID: 'held-1' })]);
    const sent = await sentTogether(appends);
    const free = await settled(sent.filter((_, index) => index !== 1));
    assert.deepEqual(free.map(outcomeOf), Array(4).fill('stored'));
    await other.commit();
    assert.deepEqual((await settled(sent)).map(outcomeOf)[1], 'concurrency_conflict');
  });

  it('are left by one that is aborted before they go', async () => {
    const aborter = new AbortController();
    const { signal } = aborter;
    const appends = await decidedAll(names('left', 4), (index) => (index === 2 ? { signal } : {}));
    const sent = await sentTogether(appends, { meanwhile: () => aborter.abort('enough') });
    assert.deepEqual((await settled(sent)).map(outcomeOf), [
      'stored',
      'stored',
      'operation_canceled',
      'stored',
    ]);
    assert.deepEqual((await fixture.store.query(ofBook('left-2'))).events, []);
  });

  for (const [how, options] of [
    ['aborted', (aborter: AbortController) => ({ signal: aborter.signal })],
    ['out of time', () => ({ timeoutMs: 400 })],
  ] as const) {
    it(`are stored without one that is ${how} while they are under way`, { timeout: 30_000 }, async () => {
      const aborter = new AbortController();
      const books = names(how, 4);
      await using closed = await gate(fixture.url, { eventType: 'Held', place: 'after insert' });
      const [, ...others] = await decidedAll(books, (index) => (index === 2 ? options(aborter) : {}));
      const appends = [await decided(`${how}-0`, event('Held', { BookID: `${how}-0` })), ...others];
      const sent = await sentTogether(appends);
      await closed.reached();
      aborter.abort('enough');
      const [interrupted] = await settled([sent[2]]);
      await closed.open();
      const outcomes = (await settled(sent)).map(outcomeOf);
      assert.match(outcomeOf(interrupted), /operation_canceled|query_timeout/);
      assert.deepEqual(outcomes.toSpliced(2, 1), ['stored', 'stored', 'stored']);
      assert.deepEqual((await fixture.store.query(ofBook(`${how}-2`))).events, []);
      await becomesWhole(fixture.pool);
    });
  }

  it('have all an unknown outcome when their connection is lost', async () => {
    await using proxy = await databaseProxy(fixture.url);
    await using lost = await storeOver(proxy.url);
    await using closed = await gate(fixture.url, { eventType: 'Held', place: 'after insert' });
    const held = await decided('lost-0', event('Held', { BookID: 'lost-0' }), { by: lost.store });
    const appends = [held, ...(await decidedAll(names('lost', 4), () => ({}), lost.store)).slice(1)];
    const sent = await sentTogether(appends, { by: lost.store });
    await closed.reached();
    proxy.cut();
    assert.deepEqual((await settled(sent)).map(outcomeOf), Array(4).fill('unknown_outcome'));
  });

  it('keep their answers when the server does not even answer the cancel of one', async () => {
    await using silent = await sentToSilentServer('mute', (index) => index === 1);
    silent.abort();
    const [aborted] = await settled([silent.sent[1]]);
    assert.equal(outcomeOf(aborted), 'unknown_outcome');
    silent.passAnswers();
    const others = await settled([silent.sent[0], silent.sent[2]]);
    assert.deepEqual(others.map(outcomeOf), ['stored', 'stored']);
  });

  it('give their connection up when nobody waits for the answer any more', { timeout: 30_000 }, async () => {
    await using silent = await sentToSilentServer('silent', () => true);
    silent.abort();
    assert.deepEqual((await settled(silent.sent)).map(outcomeOf), Array(3).fill('unknown_outcome'));
    await becomesWhole(silent.pool);
  });

  it('cancel nothing of others once they are sent one by one', { timeout: 30_000 }, async () => {
    await using place = await storeOver(fixture.url, 1);
    await fixture.pool.query(`ALTER TABLE events ADD CONSTRAINT no_worms CHECK (event_type <> 'Eaten')`);
    await using closed = await gate(fixture.url, { eventType: 'Held', place: 'after insert' });
    const aborter = new AbortController();
    const by = place.store;
    const sent = await sentTogether(
      [
        await decided('alone-0', event('Eaten', { BookID: 'alone-0' }), { by }),
        await decided('alone-1', event('Held', { BookID: 'alone-1' }), { by }),
        await decided('alone-2', event('Lent', { BookID: 'alone-2' }), { by, signal: aborter.signal }),
      ],
      { by },
    );
    await closed.reached();
    // It waits for the one connection of the pool, which was that of all three before.
    aborter.abort('enough');
    const [aborted] = await settled([sent[2]]);
    // The server takes requests in their order: a cancel would be ahead of this one.
    await (await openTransaction(fixture.url))[Symbol.asyncDispose]();
    await closed.open();
    const [refused, held] = await settled(sent);
    await fixture.pool.query('ALTER TABLE events DROP CONSTRAINT no_worms');
    assert.deepEqual([refused, held, aborted].map(outcomeOf), [
      'invalid_event',
      'stored',
      'operation_canceled',
    ]);
  });

  it('are told to a recorder each in the context of its caller, and not after its end', async () => {
    const callers = new AsyncLocalStorage<string>();
    const recorder = new ContextRecorder(() => callers.getStore());
    await using proxy = await databaseProxy(fixture.url);
    await using told = await storeOver(proxy.url, 3, { recorder });
    await using closed = await gate(fixture.url, { eventType: 'Held', place: 'after insert' });
    const held = await decided('told-0', event('Held', { BookID: 'told-0' }), { by: told.store });
    const aborter = new AbortController();
    const { signal } = aborter;
    const optionsOf = (index: number) => (index === 2 ? { signal } : {});
    const [, ...others] = await decidedAll(names('told', 4), optionsOf, told.store);
    const appends = [held, ...others].map((append, index) => () => callers.run(`caller ${index}`, append));
    const sent = await callers.run('the first', () => sentTogether(appends, { by: told.store }));
    await closed.reached();
    proxy.holdAnswers();
    // The database gives up all of them for it, but the answer comes too late.
    aborter.abort('enough');
    const [aborted] = await settled([sent[2]]);
    proxy.passAnswers();
    await closed.open();
    const outcomes = (await settled(sent)).map(outcomeOf);
    assert.equal(outcomeOf(aborted), 'unknown_outcome');
    assert.deepEqual(outcomes.toSpliced(2, 1), ['stored', 'stored', 'stored']);
    assert.deepEqual(recorder.faults, []);
    const together = ['sql_build', 'connection_acquire', 'append'];
    const thenAlone = [...together, 'connection_acquire', 'append'];
    assert.deepEqual(
      appends.map((_, index) => recorder.phasesOf(`caller ${index}`)),
      [thenAlone, thenAlone, together, thenAlone],
    );
  });

  it('are sent when the store is closed', async () => {
    await using place = await storeOver(fixture.url);
    const appends = await decidedAll(names('closed', 3), () => ({}), place.store);
    const sent = appends.map((append) => append());
    await place.store.close();
    assert.deepEqual((await settled(sent)).map(outcomeOf), Array(3).fill('stored'));
  });

  it('are sent when the store is closed, also if connections are short', async () => {
    const store = await openPostgresEventStore({ primary: fixture.url });
    const appends = await Promise.all(
      names('short', 60).map(() => decided('short', undefined, { by: store })),
    );
    const sent = appends.map((append) => append());
    const outcomes = settled(sent);
    await store.close();
    const expected = [...Array(59).fill('concurrency_conflict'), 'stored'];
    assert.deepEqual((await outcomes).map(outcomeOf).toSorted(), expected);
  });

  it('need no connection each: a pool of one is enough for many', async () => {
    await using place = await storeOver(fixture.url, 1);
    const books = names('narrow', 40);
    const appends = await decidedAll(books, () => ({}), place.store);
    assert.deepEqual(
      (await settled(appends.map((append) => append()))).map(outcomeOf),
      Array(40).fill('stored'),
    );
    assert.ok((await transactionsOf(books)).size < 10);
  });
});

type Append = () => Promise<AppendResult>;

interface Sending {
  readonly by?: EventStore;
  /** Called while they wait. */
  readonly meanwhile?: () => void;
}

/** Starts appends while another one is under way, and resolves when that has ended and they go. */
async function sentTogether(
  appends: readonly Append[],
  { by = fixture.store, meanwhile }: Sending = {},
): Promise<Promise<AppendResult>[]> {
  const first = await decided('first', undefined, { by });
  const leading = first();
  const sent = appends.map((append) => append());
  for (const one of sent) one.catch(() => undefined);
  meanwhile?.();
  await leading;
  // They leave in a turn of their own.
  await nextTurn();
  return sent;
}

interface SilentServer extends AsyncDisposable {
  readonly sent: readonly Promise<AppendResult>[];
  readonly pool: pg.Pool;
  /** Those that were to be. */
  abort(): void;
  passAnswers(): void;
}

/** Three appends of one transaction, which is stored; but nobody is told. */
async function sentToSilentServer(
  book: string,
  isAborted: (index: number) => boolean,
): Promise<SilentServer> {
  await using ends = new AsyncDisposableStack();
  const proxy = ends.use(await databaseProxy(fixture.url));
  const { store, pool } = ends.use(await storeOver(proxy.url));
  const closed = ends.use(await gate(fixture.url, { eventType: 'Held', place: 'after insert' }));
  const aborter = new AbortController();
  const appends = await Promise.all(
    names(book, 3).map((BookID, index) =>
      decided(BookID, event(index === 0 ? 'Held' : 'Lent', { BookID }), {
        by: store,
        ...(isAborted(index) && { signal: aborter.signal }),
      }),
    ),
  );
  const sent = await sentTogether(appends, { by: store });
  await closed.reached();
  proxy.holdAnswers();
  await closed.open();
  await proxy.answerHeld();
  const own = ends.move();
  return {
    sent,
    pool,
    abort: () => aborter.abort('enough'),
    passAnswers: () => proxy.passAnswers(),
    [Symbol.asyncDispose]: () => own.disposeAsync(),
  };
}

/** Reads now, so that what it gives only has to be sent. */
async function decided(
  BookID: string,
  added = event('Lent', { BookID }),
  { by = fixture.store, ...options }: CallOptions & { readonly by?: EventStore } = {},
): Promise<Append> {
  const { position } = await by.query(ofBook(BookID));
  return () => by.append(ofBook(BookID), position, [added], options);
}

function decidedAll(
  books: readonly string[],
  optionsOf: (index: number) => CallOptions = () => ({}),
  by: EventStore = fixture.store,
): Promise<Append[]> {
  return Promise.all(books.map((book, index) => decided(book, undefined, { ...optionsOf(index), by })));
}

async function decidedOn(reader: string, added: StorableEvent): Promise<Append> {
  const { position } = await fixture.store.query(ofReader(reader));
  return () => fixture.store.append(ofReader(reader), position, [added]);
}

function names(of: string, count: number): string[] {
  return Array.from({ length: count }, (_, n) => `${of}-${n}`);
}

/** Which transactions stored the last event of each. */
async function transactionsOf(books: readonly string[]): Promise<ReadonlySet<string>> {
  const { rows } = await fixture.pool.query<{ id: string }>(
    `SELECT DISTINCT transaction_id::text AS id FROM events WHERE payload::jsonb ->> 'BookID' = ANY ($1)`,
    [books],
  );
  return new Set(rows.map(({ id }) => id));
}

/** A store that sends one at a time. */
async function storeOver(
  connectionString: string,
  max = 3,
  instrumentation?: EventStoreInstrumentation,
): Promise<AsyncDisposable & { readonly store: PostgresEventStore; readonly pool: pg.Pool }> {
  const pool = new pg.Pool({ connectionString, max });
  // Its connections are cut.
  pool.on('error', () => undefined);
  const store = await openPostgresEventStore({
    primary: pool,
    appendsAtOnce: 1,
    ...(instrumentation && { instrumentation }),
  });
  return { store, pool, [Symbol.asyncDispose]: () => pool.end() };
}
