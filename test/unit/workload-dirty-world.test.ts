import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import { ConcurrencyConflictError } from '../../server/eventstore/errors.ts';
import { buildEventFilter } from '../../server/eventstore/event-filter-builder.ts';
import { emptyPosition } from '../../server/eventstore/event-store.ts';
import { p } from '../../server/eventstore/predicate.ts';
import { businessErrors } from '../../server/workload/dirty-world/business-error.ts';
import { DirtyWorld } from '../../server/workload/dirty-world/dirty-world.ts';
import type { DirtyWorldOptions } from '../../server/workload/dirty-world/dirty-world-options.ts';
import { collect, event } from '../contract/event-store-fixture.ts';
import { InMemoryEventStore } from '../contract/in-memory-event-store.ts';

const ofBook = buildEventFilter().matching().anyPredicateOf(p('BookID', '1')).finalize();
const never = new AbortController().signal;

function storeWithBook(): InMemoryEventStore {
  const store = new InMemoryEventStore();
  store.store('Added', { BookID: '1' });
  return store;
}

const worldOf = (options: DirtyWorldOptions, delay = async (_milliseconds: number) => undefined) =>
  new DirtyWorld(options, { seed: 1, delay });

/** Within five standard deviations of a binomial distribution; the seed is fixed. */
function assertAbout(count: number, rate: number, of: number): void {
  const slack = 5 * Math.sqrt(of * rate * (1 - rate));
  assert.ok(Math.abs(count - rate * of) <= slack, `${count} of ${of}, not about ${rate * of}`);
}

describe('the options of the dirty world', () => {
  for (const [name, value] of [
    ['conflicts', 1.1],
    ['businessErrors', -0.1],
    ['slowQueries', Number.NaN],
    ['cancelled', '0.5'],
    ['timedOut', null],
    ['slowByMs', Number.POSITIVE_INFINITY],
    ['cancelWithinMs', -1],
    ['timeoutMs', 0],
    ['conflict', 0.5],
  ] as const) {
    test(`${name}: ${value} is refused by its name`, () => {
      assert.throws(() => worldOf({ [name]: value }), {
        code: 'invalid_option',
        field: `dirtyWorld.${name}`,
      });
    });
  }

  test('that are left out let nothing happen: the store is the store itself', async () => {
    const world = worldOf({});
    const store = storeWithBook();
    assert.equal(world.store(store), store);
    const answer = await world.request(async (signal) => signal === never, never);
    assert.ok(answer);
    assert.equal(world.businessError(), undefined);
    assert.deepEqual(world.injected, {
      businessErrors: 0,
      conflicts: 0,
      slowQueries: 0,
      cancelled: 0,
      timedOut: 0,
    });
  });
});

describe('business errors', () => {
  test('come at their rate, of every kind, and the same seed gives the same ones', () => {
    const drawn = () => {
      const world = worldOf({ businessErrors: 0.2 });
      const errors = Array.from({ length: 5_000 }, () => world.businessError());
      assert.equal(world.injected.businessErrors, errors.filter(Boolean).length);
      return errors;
    };
    const errors = drawn();
    assert.deepEqual(drawn(), errors);
    assertAbout(errors.filter(Boolean).length, 0.2, errors.length);
    assert.equal(new Set(errors.filter(Boolean)).size, businessErrors.length);
  });

  test('that the library offers no occasion for are made up for later', () => {
    const world = worldOf({ businessErrors: 0.5 });
    for (let command = 0; command < 100; command++)
      assert.equal(
        world.businessError(() => false),
        undefined,
      );
    assert.equal(world.injected.businessErrors, 0);
    const possible = businessErrors[0];
    for (let command = 0; command < 50; command++) {
      assert.equal(
        world.businessError((error) => error === possible),
        possible,
      );
    }
  });
});

describe('conflicts', () => {
  test('come at their rate, are told apart from real ones, and store nothing', async () => {
    const world = worldOf({ conflicts: 0.3 });
    const inner = storeWithBook();
    const store = world.store(inner);
    let accepted = 0;
    for (let append = 0; append < 1_000; append++) {
      const { position } = await store.query(ofBook);
      try {
        await store.append(ofBook, position, [event('Lent', { BookID: '1' })]);
        accepted += 1;
      } catch (error) {
        assert.ok(error instanceof ConcurrencyConflictError && world.isInjected(error));
        assert.ok(world.isInjected(new Error('retries exhausted', { cause: error })));
      }
    }
    assertAbout(world.injected.conflicts, 0.3, 1_000);
    assert.equal(inner.events.length, 1 + accepted);
    assert.equal(accepted, 1_000 - world.injected.conflicts);
  });

  test('that are real are not counted', async () => {
    const world = worldOf({ conflicts: 0.000001 });
    const store = world.store(storeWithBook());
    await assert.rejects(
      store.append(ofBook, emptyPosition, [event('X')]),
      (error) => !world.isInjected(error),
    );
    assert.equal(world.injected.conflicts, 0);
  });

  test('do not befall a boundary without events: its turn passes to the next append', async () => {
    const world = worldOf({ conflicts: 1 });
    const inner = new InMemoryEventStore();
    const store = world.store(inner);
    await store.append(ofBook, emptyPosition, [event('Added', { BookID: '1' })]);
    assert.equal(world.injected.conflicts, 0);
    const { position } = await store.query(ofBook);
    await assert.rejects(store.append(ofBook, position, [event('X')]), ConcurrencyConflictError);
    assert.equal(world.injected.conflicts, 1);
    assert.equal(inner.events.length, 1);
  });
});

describe('slow queries', () => {
  test('come at their rate, for about as long as asked, to queries and replays', async () => {
    const delays: number[] = [];
    const world = worldOf({ slowQueries: 0.4, slowByMs: 100 }, async (milliseconds) => {
      delays.push(milliseconds);
    });
    const store = world.store(storeWithBook());
    for (let read = 0; read < 500; read++) {
      assert.equal((await store.query(ofBook)).events.length, 1);
      assert.equal((await collect(store.replay(ofBook))).flat().length, 1);
    }
    assertAbout(world.injected.slowQueries, 0.4, 1_000);
    assert.equal(delays.length, world.injected.slowQueries);
    assert.ok(delays.every((delay) => delay >= 50 && delay <= 150));
    const mean = delays.reduce((sum, delay) => sum + delay, 0) / delays.length;
    assert.ok(Math.abs(mean - 100) < 10, String(mean));
  });

  test('wait no longer than their time-out, and end with their signal', async () => {
    const waiting = new DirtyWorld({ slowQueries: 1, slowByMs: 60_000 }, { seed: 1 });
    const store = waiting.store(storeWithBook());
    await assert.rejects(store.query(ofBook, { timeoutMs: 5 }), { code: 'query_timeout' });
    const aborter = new AbortController();
    const query = store.query(ofBook, { signal: aborter.signal });
    aborter.abort('enough');
    await assert.rejects(query, { code: 'operation_canceled', cause: 'enough' });
    assert.equal(waiting.injected.slowQueries, 0);
  });
});

describe('cancelled requests', () => {
  test('come at their rate and are told apart from those that the caller cancels', async () => {
    const world = worldOf({ cancelled: 0.25, cancelWithinMs: 0 });
    const store = world.store(storeWithBook());
    const request = async (signal: AbortSignal) => {
      // One that nobody cancels gets the caller's signal as it is.
      if (signal !== never && !signal.aborted) await once(signal, 'abort');
      return store.query(ofBook, { signal });
    };
    let failed = 0;
    await Promise.all(
      Array.from({ length: 400 }, async () => {
        await world.request(request, never).catch((error: unknown) => {
          assert.ok(world.isInjected(error), String(error));
          failed += 1;
        });
      }),
    );
    assertAbout(failed, 0.25, 400);
    assert.equal(world.injected.cancelled, failed);
    const own = AbortSignal.abort('enough');
    await assert.rejects(world.request(request, own), (error) => !world.isInjected(error));
    assert.equal(world.injected.cancelled, failed);
  });

  test('that ended before are made up for by one that is cancelled when it begins', async () => {
    const world = worldOf({ cancelled: 1, cancelWithinMs: 60_000 });
    const store = world.store(storeWithBook());
    assert.equal((await world.request((signal) => store.query(ofBook, { signal }), never)).events.length, 1);
    assert.equal(world.injected.cancelled, 0);
  });
});
