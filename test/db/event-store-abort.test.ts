import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import pg from 'pg';
import { buildEventFilter } from '../../server/eventstore/event-filter-builder.ts';
import { type CallOptions, emptyPosition } from '../../server/eventstore/event-store.ts';
import { p } from '../../server/eventstore/predicate.ts';
import type { SafeSequenceNumber } from '../../server/eventstore/storable-event.ts';
import { collect, event, type PostgresFixture, postgresFixture } from '../contract/event-store-fixture.ts';
import { SlowTables } from './support/slow-tables.ts';
import { becomesWhole, until } from './support/until.ts';

const connections = 2;
const stored = 30;
const anyEvent = buildEventFilter().matchingAnyEvent();
const ofBook = buildEventFilter().matching().anyPredicateOf(p('BookID', 'aborted')).finalize();

let fixture: PostgresFixture;
/** Holds what the operations wait for. */
let admin: pg.Client;
let slow: SlowTables;
let aborter: AbortController;
before(async () => {
  fixture = await postgresFixture({ connections });
  admin = new pg.Client({ connectionString: fixture.url });
  await admin.connect();
  slow = await SlowTables.of(fixture.url);
  await fixture.store.append(
    anyEvent,
    emptyPosition,
    Array.from({ length: stored }, (_, n) => event('A', { n })),
  );
});
after(async () => {
  await Promise.all([admin.end(), slow.end()]);
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

for (const operation of operations) {
  const { name, start, lock, writes } = operation;
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
      await slow.somebodyDoes('Lock');
      aborter.abort('enough');
      await running;
      await admin.query('ROLLBACK');
    });

    it('while its statement runs ends there', async () => {
      await using _slow = await madeSlow(operation);
      const running = assert.rejects(start({ signal: aborter.signal }), canceled);
      await slow.somebodyDoes('PgSleep');
      aborter.abort('enough');
      await running;
      await slow.nobodyDoes('PgSleep');
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
    await using _slow = await slow.slowCommits('events');
    const append = fixture.store.append(ofBook, emptyPosition, [event('Added')], { signal: aborter.signal });
    const running = assert.rejects(append, canceled);
    await slow.somebodyDoes('PgSleep');
    aborter.abort('enough');
    await running;
    assert.equal((await fixture.store.query(anyEvent)).events.length, stored);
    await becomesWhole(fixture.pool);
  });
});

const canceled = {
  name: 'OperationCanceledError',
  code: 'operation_canceled',
  message: 'The operation was cancelled.',
  cause: 'enough',
};

/** A read of the snapshots needs a row to be slow at. */
async function madeSlow({ slow: table, writes }: Operation): Promise<AsyncDisposable> {
  if (writes) return slow.slowWrites(table);
  if (table === 'events') return slow.slowReads(table);
  await fixture.store.saveSnapshot(snapshot);
  const slowed = await slow.slowReads(table);
  return {
    [Symbol.asyncDispose]: async () => {
      await slowed[Symbol.asyncDispose]();
      await fixture.store.deleteSnapshot('Aborted', ofBook);
    },
  };
}
