import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { buildEventFilter } from '../../server/eventstore/event-filter-builder.ts';
import { type EventStore, emptyPosition } from '../../server/eventstore/event-store.ts';
import type { EventStoreInstrumentation } from '../../server/eventstore/instrumentation.ts';
import { openPostgresEventStore } from '../../server/eventstore/postgres/open-event-store.ts';
import type { SafeSequenceNumber } from '../../server/eventstore/storable-event.ts';
import { collect, event, type PostgresFixture, postgresFixture } from '../contract/event-store-fixture.ts';
import { ToldOperations, toldOperation } from '../unit/support/told-operations.ts';

const anyEvent = buildEventFilter().matchingAnyEvent();
const ofType = (type: string) => buildEventFilter().matching().anyEventTypeOf(type).finalize();
const snapshot = (filter = anyEvent) => ({
  projectionType: 'Books',
  filter,
  sequenceNumber: 20 as SafeSequenceNumber,
  data: '{}',
});

let fixture: PostgresFixture;
let recorder: ToldOperations;
let store: EventStore;
before(async () => {
  fixture = await postgresFixture();
  await fixture.store.append(
    anyEvent,
    emptyPosition,
    Array.from({ length: 20 }, () => event('A')),
  );
});
beforeEach(async () => {
  recorder = new ToldOperations();
  store = await openWith({ recorder });
});
after(() => fixture[Symbol.asyncDispose]());

function openWith(instrumentation: EventStoreInstrumentation): Promise<EventStore> {
  return openPostgresEventStore({ primary: fixture.pool, instrumentation });
}

/** Every operation once, all with success. */
async function workThrough(target: EventStore, type: string): Promise<void> {
  await target.query(ofType('A'));
  await target.append(ofType(type), emptyPosition, [event(type), event(type)]);
  await collect(target.replay(ofType('A'), { batchSize: 8 }));
  await target.loadSnapshot('Books', ofType(type));
  await target.saveSnapshot(snapshot(ofType(type)));
  await target.loadSnapshot('Books', ofType(type));
  await target.deleteSnapshot('Books', ofType(type));
}

const workedThrough = [
  toldOperation('query', { events: 20, batches: 1 }),
  toldOperation('append', { events: 2 }),
  toldOperation('replay', { events: 20, batches: 3 }),
  toldOperation('snapshot_load'),
  toldOperation('snapshot_save'),
  toldOperation('snapshot_load', { isFound: true }),
  toldOperation('snapshot_delete'),
];

describe('each operation of the store', () => {
  it('is told by its name, with its events, its batches and whether a snapshot was found', async () => {
    await workThrough(store, 'named');
    assert.deepEqual(recorder.ended, workedThrough);
    assert.deepEqual(
      recorder.started,
      workedThrough.map(({ name }) => name),
    );
    assert.ok(recorder.phases.length > 0);
  });

  it('is told without phases and events at the level of operations', async () => {
    await workThrough(await openWith({ recorder, level: 'operations' }), 'operations');
    assert.deepEqual(recorder.ended, workedThrough);
    assert.deepEqual([recorder.phases, recorder.eventCalls], [[], 0]);
  });

  it('is not told at all when it is off', async () => {
    await workThrough(await openWith({ recorder, level: 'off' }), 'off');
    assert.deepEqual(recorder.calls, 0);
  });

  it('is told when it is not sampled, but without phases and events', async () => {
    await workThrough(await openWith({ recorder, samplingRate: 0 }), 'unsampled');
    assert.deepEqual(
      recorder.ended,
      workedThrough.map((told) => ({ ...told, isSampled: false })),
    );
    assert.deepEqual([recorder.phases, recorder.eventCalls], [[], 0]);
  });

  it('goes on undisturbed when the recorder throws, whatever it is told', async (t) => {
    const warned = t.mock.method(process, 'emitWarning', () => undefined);
    for (const method of [
      'operationStarted',
      'operationEnded',
      'startPhase',
      'eventsRead',
      'eventsAppended',
    ]) {
      const broken = {
        [method]: () => {
          throw new Error(`broken ${method}`);
        },
      };
      await workThrough(await openWith({ recorder: broken }), `broken ${method}`);
    }
    const ended = await openWith({
      recorder: {
        startPhase: () => () => {
          throw new Error('broken end');
        },
      },
    });
    await workThrough(ended, 'broken end');
    assert.equal(warned.mock.callCount(), 6, 'each is warned of once');
  });
});

describe('a replay', () => {
  it('is not told before its first batch is asked for, and is over when the caller leaves', async () => {
    const replay = store.replay(ofType('A'), { batchSize: 4 });
    assert.equal(recorder.calls, 0);
    let batches = 0;
    for await (const _batch of replay) {
      batches += 1;
      if (batches === 2) break;
    }
    assert.deepEqual(recorder.ended, [toldOperation('replay', { events: 8, batches: 2 })]);
  });

  it('that fails half way tells what it gave', async () => {
    const aborter = new AbortController();
    const reading = async () => {
      for await (const _batch of store.replay(ofType('A'), { batchSize: 4, signal: aborter.signal })) {
        aborter.abort();
      }
    };
    await assert.rejects(reading, { code: 'operation_canceled' });
    assert.deepEqual(recorder.ended, [
      toldOperation('replay', { outcome: 'canceled', events: 4, batches: 1 }),
    ]);
  });
});

describe('the outcome of an operation that fails', () => {
  const append = (type = 'A', change: object = {}) =>
    store.append(ofType(type), emptyPosition, [{ ...event(type), ...change }]);

  it('is conflict when something else was stored', async () => {
    await outcome('conflict', 'append', () => append());
  });

  it('is canceled when its signal was aborted', async () => {
    const signal = AbortSignal.abort();
    await outcome('canceled', 'query', () => store.query(anyEvent, { signal }));
    await outcome('canceled', 'replay', () => collect(store.replay(anyEvent, { signal })));
    await outcome('canceled', 'snapshot_load', () => store.loadSnapshot('Books', anyEvent, { signal }));
  });

  it('is timeout when it takes too long', async () => {
    const admin = await fixture.pool.connect();
    try {
      await admin.query('BEGIN; LOCK TABLE events IN ACCESS EXCLUSIVE MODE');
      await outcome('timeout', 'query', () => store.query(anyEvent, { timeoutMs: 20 }));
    } finally {
      await admin.query('ROLLBACK');
      admin.release();
    }
  });

  it('is unknown_outcome when the connection is lost while it is stored', async () => {
    await fixture.pool.query(`
      CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$;
      CREATE TRIGGER die AFTER INSERT ON events
        FOR EACH ROW WHEN (NEW.event_type = 'Deadly') EXECUTE FUNCTION die()`);
    await outcome('unknown_outcome', 'append', () => append('Deadly'));
  });

  it('is invalid when an event, a snapshot or a position is', async () => {
    await outcome('invalid', 'append', () => append('B', { payload: '[1]' }));
    await outcome('invalid', 'append', () => append('B', { payload: '{"a":1e999999}' }));
    await outcome('invalid', 'snapshot_save', () =>
      store.saveSnapshot({ ...snapshot(), projectionType: '' }),
    );
  });

  it('is unavailable when the store is closed', async () => {
    await store.close();
    await outcome('unavailable', 'query', () => store.query(anyEvent));
    await outcome('unavailable', 'append', () => append());
    await outcome('unavailable', 'snapshot_delete', () => store.deleteSnapshot('Books', anyEvent));
  });

  it('is failed for everything else, such as a corrupt snapshot', async () => {
    await store.saveSnapshot(snapshot());
    await fixture.pool.query(`UPDATE snapshots SET snapshot_data = '[]'`);
    recorder.ended.length = 0;
    await outcome('failed', 'snapshot_load', () => store.loadSnapshot('Books', anyEvent));
  });

  async function outcome(expected: string, name: string, operation: () => Promise<unknown>): Promise<void> {
    recorder.ended.length = 0;
    const fault: unknown = await operation().then(
      () => assert.fail('it went well'),
      (error: unknown) => error,
    );
    assert.deepEqual(recorder.ended, [toldOperation(name, { outcome: expected })]);
    assert.equal(recorder.lastFault, fault, 'the fault that was thrown is told');
  }
});
