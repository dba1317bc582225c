import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { SnapshotCorruptError } from '../../server/eventstore/errors.ts';
import { buildEventFilter } from '../../server/eventstore/event-filter-builder.ts';
import type { SnapshotToSave } from '../../server/eventstore/snapshot.ts';
import type { SafeSequenceNumber } from '../../server/eventstore/storable-event.ts';
import { type PostgresFixture, postgresFixture } from '../contract/event-store-fixture.ts';
import { openTransaction } from './support/open-transaction.ts';

const savers = 32;
const anyEvent = buildEventFilter().matchingAnyEvent();
const ofType = (type: string) => buildEventFilter().matching().anyEventTypeOf(type).finalize();

let fixture: PostgresFixture;
before(async () => {
  fixture = await postgresFixture({ connections: savers });
});
after(() => fixture[Symbol.asyncDispose]());
afterEach(() => fixture.pool.query('DELETE FROM snapshots'));

describe('a snapshot that was changed behind the store’s back', () => {
  for (const [what, change] of [
    ['other data', `SET snapshot_data = '{"upTo":11}'`],
    ['the same data in other words', `SET snapshot_data = '{"upTo": 10}'`],
    ['another checksum', `SET checksum = 'sha256:' || repeat('0', 64)`],
    ['an empty checksum', `SET checksum = ''`],
    ['a higher number', 'SET sequence_number = 11'],
    ['a lower number', 'SET sequence_number = 9'],
    ['a number that JavaScript cannot tell from another', 'SET sequence_number = 9007199254740993'],
    ['the row of another projection type', `SET projection_type = 'Books' WHERE projection_type = 'Readers'`],
    [
      'the row of another filter',
      `SET filter_hash = '${anyEvent.hash()}' WHERE filter_hash = '${ofType('A').hash()}'`,
    ],
  ] as const) {
    it(`is refused with ${what}, until it is deleted and saved anew`, async () => {
      const { store, pool } = fixture;
      await store.saveSnapshot(snapshot(10));
      if (change.includes('WHERE')) {
        await store.deleteSnapshot('Books', anyEvent);
        await store.saveSnapshot(snapshot(10, { projectionType: 'Readers' }));
        await store.saveSnapshot(snapshot(10, { filter: ofType('A') }));
      }
      assert.equal((await pool.query(`UPDATE snapshots ${change}`)).rowCount, 1);
      await assert.rejects(store.loadSnapshot('Books', anyEvent), (error) => {
        assert.ok(error instanceof SnapshotCorruptError);
        assert.equal(
          error.message,
          'The snapshot of Books in the database is corrupt: its content is not what was saved.',
        );
        assert.equal(error.advice, 'Delete it with deleteSnapshot() and fold the events anew.');
        return true;
      });
      await store.deleteSnapshot('Books', anyEvent);
      await store.saveSnapshot(snapshot(8));
      assert.equal((await store.loadSnapshot('Books', anyEvent))?.data, '{"upTo":8}');
    });
  }

  it('gives way to a lower number, if it is still the one that was seen', async () => {
    const { store, pool } = fixture;
    await store.saveSnapshot(snapshot(10));
    await pool.query('UPDATE snapshots SET sequence_number = 9007199254740993');
    const seen = await store.loadSnapshot('Books', anyEvent).catch((error: unknown) => error);
    const { mark } = seen instanceof SnapshotCorruptError ? seen : assert.fail();
    const replaces = mark ?? assert.fail();
    await store.saveSnapshot(snapshot(8, { replaces }));
    assert.equal((await store.loadSnapshot('Books', anyEvent))?.data, '{"upTo":8}');
    await store.saveSnapshot(snapshot(7, { replaces }));
    assert.equal((await store.loadSnapshot('Books', anyEvent))?.data, '{"upTo":8}');
  });
});

describe('snapshots that are saved at the same time', () => {
  it(`end with the highest number and its own data, by ${savers} connections`, async () => {
    const { store, pool } = fixture;
    for (let round = 0; round < 5; round++) {
      await store.deleteSnapshot('Books', anyEvent);
      // All connections are open before the first one saves.
      const clients = await Promise.all(Array.from({ length: savers }, () => pool.connect()));
      for (const client of clients) client.release();
      const numbers = Array.from({ length: savers }, (_, n) => 1 + ((n * 7 + round * 5) % savers));
      await Promise.all(numbers.map((upTo) => store.saveSnapshot(snapshot(upTo))));
      const loaded = await store.loadSnapshot('Books', anyEvent);
      assert.equal(loaded?.sequenceNumber, savers);
      assert.equal(loaded.data, `{"upTo":${savers}}`);
    }
  });

  it('are gone or whole when they are deleted meanwhile, and lose nothing that is saved afterwards', async () => {
    const { store } = fixture;
    for (let round = 0; round < 10; round++) {
      const saves = Array.from({ length: 8 }, (_, n) => store.saveSnapshot(snapshot(1 + n)));
      const deletions = Array.from({ length: 8 }, () => store.deleteSnapshot('Books', anyEvent));
      await Promise.all([...saves, ...deletions]);
      const left = await store.loadSnapshot('Books', anyEvent);
      if (left) assert.equal(left.data, `{"upTo":${left.sequenceNumber}}`);
      await store.saveSnapshot(snapshot(9));
      assert.equal((await store.loadSnapshot('Books', anyEvent))?.sequenceNumber, 9);
      await store.deleteSnapshot('Books', anyEvent);
    }
  });

  it('are never loaded as a mixture', async () => {
    const { store } = fixture;
    const filling = 'x'.repeat(100_000);
    const dataUpTo = (upTo: number) => JSON.stringify({ upTo, filling: `${upTo}${filling}`, end: upTo });
    await store.saveSnapshot(snapshot(0, { data: dataUpTo(0) }));
    const last = 60;
    let saving = true;
    const saves = Promise.all(
      Array.from({ length: 4 }, async (_, saver) => {
        for (let upTo = saver + 1; upTo <= last; upTo += 4) {
          await store.saveSnapshot(snapshot(upTo, { data: dataUpTo(upTo) }));
        }
      }),
    ).finally(() => {
      saving = false;
    });
    const load = async () => {
      let highest = 0;
      do {
        const loaded = (await store.loadSnapshot('Books', anyEvent)) ?? assert.fail('it is gone');
        assert.ok(loaded.data === dataUpTo(loaded.sequenceNumber), `mixed at ${loaded.sequenceNumber}`);
        assert.ok(loaded.sequenceNumber >= highest, 'it was set back');
        highest = loaded.sequenceNumber;
      } while (saving);
    };
    await Promise.all([saves, load(), load(), load()]);
    assert.equal((await store.loadSnapshot('Books', anyEvent))?.sequenceNumber, last);
  });
});

describe('a snapshot whose row is locked', () => {
  it('can be loaded, but a save and a deletion wait no longer than they may', async () => {
    const { store } = fixture;
    await using other = await lockedRow();
    const timeout = { code: 'query_timeout' };
    await assert.rejects(store.saveSnapshot(snapshot(11), { timeoutMs: 50 }), timeout);
    await assert.rejects(store.deleteSnapshot('Books', anyEvent, { timeoutMs: 50 }), timeout);
    assert.equal((await store.loadSnapshot('Books', anyEvent, { timeoutMs: 5_000 }))?.data, '{"upTo":10}');
    await other.rollback();
    assert.equal((await store.loadSnapshot('Books', anyEvent))?.data, '{"upTo":10}');
  });

  for (const [what, start] of [
    ['a save', (signal: AbortSignal) => fixture.store.saveSnapshot(snapshot(11), { signal })],
    ['a deletion', (signal: AbortSignal) => fixture.store.deleteSnapshot('Books', anyEvent, { signal })],
  ] as const) {
    it(`lets ${what} that waits for it be cancelled, which changes nothing`, async () => {
      await using other = await lockedRow();
      const aborter = new AbortController();
      const running = assert.rejects(start(aborter.signal), { code: 'operation_canceled', cause: 'enough' });
      await somebodyWaitsForALock();
      aborter.abort('enough');
      await running;
      await other.rollback();
      assert.equal((await fixture.store.loadSnapshot('Books', anyEvent))?.data, '{"upTo":10}');
    });
  }
});

it('packs states by lz4 or not at all: pglz would take most of the time of saving and loading', async () => {
  const { rows } = await fixture.pool.query(`
    SELECT attcompression AS packing, attstorage AS storage FROM pg_attribute
    WHERE attrelid = 'snapshots'::regclass AND attname = 'snapshot_data'`);
  const [{ packing, storage }] = rows;
  assert.equal(storage, packing === 'l' ? 'x' : 'e');
});

function snapshot(upTo: number, other: Partial<SnapshotToSave> = {}): SnapshotToSave {
  const sequenceNumber = upTo as SafeSequenceNumber;
  return { projectionType: 'Books', filter: anyEvent, sequenceNumber, data: `{"upTo":${upTo}}`, ...other };
}

/** The snapshot up to 10, which another transaction is about to change. */
async function lockedRow() {
  await fixture.store.saveSnapshot(snapshot(10));
  const other = await openTransaction(fixture.url);
  await other.query('SELECT FROM snapshots FOR UPDATE');
  return other;
}

async function somebodyWaitsForALock(): Promise<void> {
  const sql = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
  const deadline = Date.now() + 10_000;
  while ((await fixture.pool.query(sql)).rowCount === 0) {
    assert.ok(Date.now() < deadline, 'nobody waits for a lock');
    await nextTurn();
  }
}
