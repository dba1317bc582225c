import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import pg from 'pg';
import { startEmbeddedPostgres } from '../../server/database/embedded/embedded-postgres.ts';
import { ConcurrencyConflictError } from '../../server/eventstore/errors.ts';
import { buildEventFilter } from '../../server/eventstore/event-filter-builder.ts';
import { type EventStore, emptyPosition } from '../../server/eventstore/event-store.ts';
import { migrateEventStore } from '../../server/eventstore/postgres/migrate-event-store.ts';
import { openPostgresEventStore } from '../../server/eventstore/postgres/open-event-store.ts';
import { p } from '../../server/eventstore/predicate.ts';
import { event } from '../contract/event-store-fixture.ts';
import { chosenBinaries } from './support/chosen-binaries.ts';
import { type DatabaseProxy, databaseProxy } from './support/proxy.ts';
import { temporaryDirectory } from './support/temporary-directory.ts';

const ofBook = (id: string) => buildEventFilter().matching().anyPredicateOf(p('BookID', id)).finalize();
const batch = (id: string, size: number) =>
  Array.from({ length: size }, () => event('Added', { BookID: id, Text: 'x'.repeat(500) }));
const projectionType = 'Books';
const writers = 8;

const stack = new AsyncDisposableStack();
let proxy: DatabaseProxy;
/** Behind the proxy, on one connection. */
let store: EventStore;
/** On the same database, past the proxy. */
let direct: EventStore;
before(async () => {
  // A server of its own: a transaction of another database is under way for the reads of this one, too.
  const place = stack.use(await temporaryDirectory());
  const server = await startEmbeddedPostgres({
    dataDirectory: path.join(place.path, 'data'),
    log: () => undefined,
    settings: { autovacuum: 'off', fsync: 'off' },
    binaries: await chosenBinaries(),
  });
  stack.defer(() => server.stop());
  await migrateEventStore({ primary: server.connectionString });
  proxy = stack.use(await databaseProxy(server.connectionString));
  store = await openStore(proxy.url, 1);
  direct = await openStore(server.connectionString, writers);
  await direct.append(ofBook('long'), emptyPosition, batch('long', 1000));
});
after(() => stack.disposeAsync());

describe('one round trip is what the store takes', () => {
  const operations: readonly [name: string, start: (call: number) => Promise<unknown>][] = [
    ['a query that finds nothing', () => store.query(ofBook('none'))],
    ['a query of a thousand events', () => store.query(ofBook('long'))],
    ['a query of an event that was just appended by another store', queryOfNewest],
    ['an append of 1 event', (call) => store.append(ofBook(`1-${call}`), emptyPosition, batch('one', 1))],
    ['an append of 5 events', (call) => store.append(ofBook(`5-${call}`), emptyPosition, batch('five', 5))],
    [
      'an append that is refused',
      () => refused(store.append(ofBook('long'), emptyPosition, batch('long', 1))),
    ],
    ['saving a snapshot', saveSnapshot],
    ['loading a snapshot', loadSnapshot],
    ['loading a snapshot that does not exist', () => store.loadSnapshot('None', ofBook('none'))],
    ['deleting a snapshot', () => store.deleteSnapshot(projectionType, ofBook('long'))],
  ];
  for (const [name, start] of operations) {
    it(`for ${name}, the first time as well as later`, async () => {
      const calls = [0, 1, 2];
      const taken: number[] = [];
      for (const call of calls) taken.push(await answersTo(() => start(call)));
      assert.deepEqual(
        taken,
        calls.map(() => 1),
      );
    });
  }
});

describe(`beside ${writers} writers`, () => {
  it('an append takes one round trip, whether it goes through or not', async () => {
    const outcomes = { stored: 0, refused: 0 };
    const taken: number[] = [];
    await whileOthersWrite('contended', async () => {
      for (let i = 0; i < 60; i++) {
        const id = i % 2 === 0 ? 'contended' : 'alone';
        const { position } = await direct.query(ofBook(id));
        taken.push(
          await answersTo(async () => {
            if (await goesThrough(store.append(ofBook(id), position, batch(id, 1)))) outcomes.stored++;
            else outcomes.refused++;
          }),
        );
      }
    });
    assert.deepEqual([...new Set(taken)], [1]);
    assert.ok(outcomes.stored >= 30 && outcomes.refused > 0, JSON.stringify(outcomes));
  });

  it('a query takes no more than two, the second only for events that are new', async () => {
    const old: number[] = [];
    const newest: number[] = [];
    await store.append(ofBook('since'), emptyPosition, batch('since', 1));
    await whileOthersWrite('busy', async () => {
      for (let i = 0; i < 30; i++) {
        old.push(await answersTo(() => store.query(ofBook('long'))));
        newest.push(await answersTo(() => store.query(ofBook('busy'))));
      }
    });
    assert.deepEqual([...new Set(old)], [1]);
    assert.ok(Math.max(...newest) <= 2, `${Math.max(...newest)} round trips`);
  });
});

/** How many statements the server answers meanwhile. */
async function answersTo(operation: () => Promise<unknown>): Promise<number> {
  const before = proxy.answers;
  await operation();
  return proxy.answers - before;
}

async function whileOthersWrite(id: string, work: () => Promise<void>): Promise<void> {
  let isOver = false;
  const others = Array.from({ length: writers }, async () => {
    while (!isOver) {
      const { position } = await direct.query(ofBook(id));
      await goesThrough(direct.append(ofBook(id), position, batch(id, 1)));
    }
  });
  try {
    await work();
  } finally {
    isOver = true;
    await Promise.all(others);
  }
}

async function goesThrough(append: Promise<unknown>): Promise<boolean> {
  try {
    await append;
    return true;
  } catch (error) {
    if (error instanceof ConcurrencyConflictError) return false;
    throw error;
  }
}

async function refused(append: Promise<unknown>): Promise<void> {
  await assert.rejects(append, ConcurrencyConflictError);
}

async function queryOfNewest(): Promise<void> {
  const { position } = await direct.query(ofBook('newest'));
  await direct.append(ofBook('newest'), position, batch('newest', 1));
  await store.query(ofBook('newest'));
}

async function saveSnapshot(): Promise<void> {
  const filter = ofBook('long');
  const { maxSequenceNumber: sequenceNumber } = await direct.query(filter);
  await store.saveSnapshot({ projectionType, filter, sequenceNumber, data: '{}' });
}

async function loadSnapshot(): Promise<void> {
  assert.ok(await store.loadSnapshot(projectionType, ofBook('long')));
}

/** All connections are open when it resolves. */
async function openStore(url: string, connections: number): Promise<EventStore> {
  const pool = new pg.Pool({ connectionString: url, max: connections, idleTimeoutMillis: 0 });
  // Its connections may end with the server.
  pool.on('error', () => undefined);
  stack.defer(() => pool.end());
  const clients = await Promise.all(Array.from({ length: connections }, () => pool.connect()));
  for (const client of clients) client.release();
  return openPostgresEventStore({ primary: pool });
}
