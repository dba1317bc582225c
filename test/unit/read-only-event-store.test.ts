import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ReadOnlyEventStoreError } from '../../server/eventstore/errors.ts';
import { buildEventFilter } from '../../server/eventstore/event-filter-builder.ts';
import { emptyPosition, type ReadOnlyEventStore } from '../../server/eventstore/event-store.ts';
import { asReadOnly } from '../../server/eventstore/read-only-event-store.ts';
import type { SafeSequenceNumber } from '../../server/eventstore/storable-event.ts';
import { collect, event } from '../contract/event-store-fixture.ts';
import { InMemoryEventStore } from '../contract/in-memory-event-store.ts';

const anyEvent = buildEventFilter().matchingAnyEvent();
const snapshot = {
  projectionType: 'Books',
  filter: anyEvent,
  sequenceNumber: 1 as SafeSequenceNumber,
  data: '"kept"',
};

describe('a store for reading', () => {
  it('gives what the store gives', async () => {
    const store = new InMemoryEventStore();
    await store.append(anyEvent, emptyPosition, [event('A'), event('B')]);
    await store.saveSnapshot(snapshot);
    const reader = asReadOnly(store);
    assert.deepEqual(await reader.query(anyEvent), await store.query(anyEvent));
    assert.deepEqual(await collect(reader.replay(anyEvent)), await collect(store.replay(anyEvent)));
    assert.equal((await reader.loadSnapshot('Books', anyEvent))?.data, '"kept"');
  });

  it('hands filters and options on as they are, and closes the store', async () => {
    const calls: unknown[][] = [];
    const reader = asReadOnly(recording(calls));
    const options = { consistency: 'eventual', timeoutMs: 5, signal: new AbortController().signal } as const;
    const replayOptions = { ...options, batchSize: 7 };
    await reader.query(anyEvent, options);
    reader.replay(anyEvent, replayOptions);
    await reader.loadSnapshot('Books', anyEvent, options);
    await reader.close();
    const expected = [
      ['query', anyEvent, options],
      ['replay', anyEvent, replayOptions],
      ['loadSnapshot', 'Books', anyEvent, options],
      ['close'],
    ];
    assert.deepEqual(calls, expected);
    for (const [index, call] of expected.entries()) {
      for (const [place, value] of call.entries()) assert.equal(calls[index]?.[place], value);
    }
  });

  it('hands the faults of the store on', async () => {
    const signal = AbortSignal.abort('enough');
    const reader = asReadOnly(new InMemoryEventStore());
    await assert.rejects(reader.query(anyEvent, { signal }), { code: 'operation_canceled' });
    await assert.rejects(reader.loadSnapshot('Books', anyEvent, { signal }), { code: 'operation_canceled' });
  });

  // Who has no types, or throws them away, is refused as well.
  it('refuses to append, and changes nothing', async () => {
    const store = new InMemoryEventStore();
    const reader = asReadOnly(store);
    await assert.rejects(
      // @ts-expect-error The type has no append.
      reader.append(anyEvent, emptyPosition, [event('A')]),
      refusalOf('append'),
    );
    assert.deepEqual(store.events, []);
  });

  it('refuses to save and to delete a snapshot, and changes nothing', async () => {
    const store = new InMemoryEventStore();
    await store.saveSnapshot(snapshot);
    const reader = asReadOnly(store);
    await assert.rejects(
      // @ts-expect-error The type has no saveSnapshot.
      reader.saveSnapshot({ ...snapshot, data: '"changed"' }),
      refusalOf('saveSnapshot'),
    );
    await assert.rejects(
      // @ts-expect-error The type has no deleteSnapshot.
      reader.deleteSnapshot('Books', anyEvent),
      refusalOf('deleteSnapshot'),
    );
    assert.equal((await store.loadSnapshot('Books', anyEvent))?.data, '"kept"');
  });

  it('cannot be given the missing operations', () => {
    const reader = asReadOnly(new InMemoryEventStore());
    assert.throws(() => Object.assign(reader, { append: () => undefined }), TypeError);
  });
});

function refusalOf(operation: string) {
  return (error: unknown) => {
    assert.ok(error instanceof ReadOnlyEventStoreError);
    assert.equal(error.code, 'read_only_event_store');
    assert.equal(error.message, `This event store is for reading: ${operation} is not possible.`);
    assert.equal(error.advice, 'Use the event store that asReadOnly() was called with.');
    return true;
  };
}

/** Notes every call, and what it was given. */
function recording(calls: unknown[][]): ReadOnlyEventStore {
  const store = new InMemoryEventStore();
  return {
    query: (...given) => {
      calls.push(['query', ...given]);
      return store.query(...given);
    },
    replay: (...given) => {
      calls.push(['replay', ...given]);
      return store.replay(...given);
    },
    loadSnapshot: (...given) => {
      calls.push(['loadSnapshot', ...given]);
      return store.loadSnapshot(...given);
    },
    close: (...given) => {
      calls.push(['close', ...given]);
      return store.close();
    },
  };
}
