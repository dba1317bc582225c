import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import pg from 'pg';
import { buildEventFilter } from '../../server/eventstore/event-filter-builder.ts';
import { emptyPosition } from '../../server/eventstore/event-store.ts';
import { openPostgresEventStore } from '../../server/eventstore/postgres/open-event-store.ts';
import { event, type PostgresFixture, postgresFixture } from '../contract/event-store-fixture.ts';
import { SlowTables } from './support/slow-tables.ts';
import { becomesWhole } from './support/until.ts';
import { withSettings } from './support/with-settings.ts';

const anyEvent = buildEventFilter().matchingAnyEvent();

let fixture: PostgresFixture;
let slow: SlowTables;
let aborter: AbortController;
before(async () => {
  fixture = await postgresFixture({ connections: 2 });
  slow = await SlowTables.of(fixture.url);
  await fixture.store.append(
    anyEvent,
    emptyPosition,
    Array.from({ length: 30 }, (_, n) => event('A', { n })),
  );
});
after(async () => {
  await slow.end();
  await fixture[Symbol.asyncDispose]();
});
beforeEach(() => {
  aborter = new AbortController();
});

describe('a replay that is aborted', () => {
  it('between two batches gives no further one', async () => {
    const seen: number[] = [];
    const replay = fixture.store.replay(anyEvent, { batchSize: 10, signal: aborter.signal });
    await assert.rejects(async () => {
      for await (const batch of replay) {
        seen.push(batch.length);
        await slow.becomesIdleInTransaction();
        aborter.abort('enough');
      }
    }, canceled);
    assert.deepEqual(seen, [10]);
    await becomesWhole(fixture.pool);
    await slow.nobodyIsInTransaction();
  });

  it('while the next batch is being fetched ends the fetch', async () => {
    await using inOrder = await storeThatReadsInOrder();
    await using _slow = await slow.slowReads('events', await numberOfEvent(15));
    const seen: number[] = [];
    const replay = inOrder.store.replay(anyEvent, { batchSize: 10, signal: aborter.signal });
    await assert.rejects(async () => {
      for await (const batch of replay) {
        seen.push(batch.length);
        await slow.somebodyDoes('PgSleep');
        aborter.abort('enough');
      }
    }, canceled);
    assert.deepEqual(seen, [10]);
    await slow.nobodyDoes('PgSleep');
    await becomesWhole(inOrder.pool);
  });

  it('after its loop was left while the next batch was being fetched keeps no connection', async () => {
    await using inOrder = await storeThatReadsInOrder();
    await using _slow = await slow.slowReads('events', await numberOfEvent(15));
    for await (const batch of inOrder.store.replay(anyEvent, { batchSize: 10, signal: aborter.signal })) {
      assert.equal(batch.length, 10);
      await slow.somebodyDoes('PgSleep');
      setImmediate(() => aborter.abort('enough'));
      break;
    }
    await slow.nobodyDoes('PgSleep');
    await becomesWhole(inOrder.pool);
  });
});

const canceled = {
  name: 'OperationCanceledError',
  code: 'operation_canceled',
  message: 'The operation was cancelled.',
  cause: 'enough',
};

/** Numbers have gaps where appends were cancelled. */
async function numberOfEvent(place: number): Promise<number> {
  const { events } = await fixture.store.query(anyEvent);
  return events[place - 1]?.sequenceNumber ?? assert.fail(`there is no event ${place}`);
}

/** With the plan of a large table: a small one is read as a whole and sorted before the first row comes. */
async function storeThatReadsInOrder() {
  const settings = ['enable_sort=off', 'enable_seqscan=off', 'enable_bitmapscan=off'];
  const pool = new pg.Pool({ connectionString: withSettings(fixture.url, ...settings), max: 2 });
  const store = await openPostgresEventStore({ primary: pool });
  return { pool, store, [Symbol.asyncDispose]: () => pool.end() };
}
