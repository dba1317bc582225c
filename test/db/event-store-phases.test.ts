import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { buildEventFilter } from '../../server/eventstore/event-filter-builder.ts';
import { emptyPosition } from '../../server/eventstore/event-store.ts';
import type { EventStorePhase, EventStoreRecorder } from '../../server/eventstore/instrumentation.ts';
import { p } from '../../server/eventstore/predicate.ts';
import { collect, event, type PostgresFixture, postgresFixture } from '../contract/event-store-fixture.ts';

const anyEvent = buildEventFilter().matchingAnyEvent();
const ofBook = buildEventFilter().matching().anyPredicateOf(p('BookID', 'b')).finalize();
const events = Array.from({ length: 20 }, (_, n) => event('A', { BookID: 'b', n }));

/** Keeps what it was told; `coveredMicros` is the time during which at least one phase was open. */
class RecordedPhases implements EventStoreRecorder {
  names: EventStorePhase[] = [];
  eventCounts: number[] = [];
  appended: number[] = [];
  coveredMs = 0;
  #open = 0;
  #openSince = 0;

  startPhase(phase: EventStorePhase) {
    this.names.push(phase);
    if (this.#open++ === 0) this.#openSince = performance.now();
    return () => {
      if (--this.#open === 0) this.coveredMs += performance.now() - this.#openSince;
    };
  }

  eventsRead(read: readonly object[]) {
    this.eventCounts.push(read.length);
  }

  eventsAppended(count: number) {
    this.appended.push(count);
  }

  get areAllEnded() {
    return this.#open === 0;
  }

  reset() {
    Object.assign(this, { names: [], eventCounts: [], appended: [], coveredMs: 0 });
  }
}

async function recordedFixture(): Promise<PostgresFixture & { phases: RecordedPhases }> {
  const phases = new RecordedPhases();
  const fixture = await postgresFixture({ instrumentation: { recorder: phases } });
  await fixture.store.append(anyEvent, emptyPosition, events);
  phases.reset();
  return { ...fixture, phases, [Symbol.asyncDispose]: () => fixture[Symbol.asyncDispose]() };
}

describe('the phases of an operation', () => {
  it('of a query are told in their order, with the events that it read', async () => {
    await using fixture = await recordedFixture();
    await fixture.store.query(ofBook);
    const { names } = fixture.phases;
    assert.deepEqual(names.slice(0, 4), ['sql_build', 'connection_acquire', 'sql_execute', 'row_decode']);
    // The server is shared: beside others' transactions the newest events are asked about once more.
    assert.ok(names.length === 4 || (names.length === 5 && names[4] === 'sql_execute'), names.join());
    assert.deepEqual(fixture.phases.eventCounts, [20]);
  });

  it('of an append are told in their order, with the number of its events', async () => {
    await using fixture = await recordedFixture();
    await fixture.store.append(buildEventFilter().matching().anyEventTypeOf('B').finalize(), emptyPosition, [
      event('B'),
    ]);
    assert.deepEqual(fixture.phases.names, ['sql_build', 'connection_acquire', 'append']);
    assert.deepEqual(fixture.phases.appended, [1]);
  });

  it('of a replay are told batch by batch', async () => {
    await using fixture = await recordedFixture();
    await collect(fixture.store.replay(ofBook, { batchSize: 12 }));
    assert.deepEqual(fixture.phases.names, [
      ...['sql_build', 'connection_acquire', 'sql_execute', 'row_decode', 'sql_execute', 'row_decode'],
      'sql_execute',
    ]);
    assert.deepEqual(fixture.phases.eventCounts, [12, 8]);
  });

  it('all end, however the operation ends', async () => {
    await using fixture = await recordedFixture();
    const { store, phases } = fixture;
    await assert.rejects(store.append(ofBook, emptyPosition, [event('A')]), { code: 'concurrency_conflict' });
    assert.deepEqual(phases.appended, [], 'a refused append has appended nothing');
    await assert.rejects(store.query(ofBook, { signal: AbortSignal.abort() }), {
      code: 'operation_canceled',
    });
    for await (const _batch of store.replay(ofBook, { batchSize: 1 })) {
      assert.ok(phases.areAllEnded, 'the time between two batches is the caller’s');
      break;
    }
    await fixture.pool.query('ALTER TABLE events RENAME TO elsewhere');
    await assert.rejects(store.query(ofBook), { code: 'schema_version' });
    await assert.rejects(collect(store.replay(ofBook)), { code: 'schema_version' });
    await assert.rejects(store.append(ofBook, emptyPosition, [event('A')]), { code: 'schema_version' });
    assert.ok(phases.areAllEnded);
  });

  it('leave at most 2 % of the time of operations out', async () => {
    await using fixture = await recordedFixture();
    const { store, phases } = fixture;
    // The machine may interrupt any one of them; the best of many tells what the store itself leaves out.
    const shares: number[] = [];
    for (let n = 0; n < 300; n++) {
      phases.reset();
      const start = performance.now();
      await store.query(ofBook);
      shares.push(1 - phases.coveredMs / (performance.now() - start));
    }
    const best = Math.min(...shares);
    assert.ok(best <= 0.02, `${(best * 100).toFixed(2)} % of a query’s time lies in no phase`);
  });
});
