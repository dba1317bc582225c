import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OperationCanceledError } from '../../server/eventstore/errors.ts';
import { createOperationRecorder } from '../../server/handling/recording/operation-recorder.ts';
import { createRandom } from '../../server/lib/random.ts';
import { DirtyWorld } from '../../server/workload/dirty-world/dirty-world.ts';
import { Counter } from '../../server/workload/simulation/counter.ts';
import { LibraryActors } from '../../server/workload/simulation/library-actors.ts';
import { LibraryDesk } from '../../server/workload/simulation/library-desk.ts';
import { OutageWatch } from '../../server/workload/simulation/outage-watch.ts';
import { Stretch } from '../../server/workload/simulation/stretch.ts';
import { Tally } from '../../server/workload/simulation/tally.ts';
import { InMemoryEventStore } from '../contract/in-memory-event-store.ts';
import { libraryOf } from './support/lawful-library.ts';
import { VirtualPace } from './support/virtual-pace.ts';

const SECOND = 1e6;

interface Scene {
  /** From then on the store answers nothing any more. */
  readonly hangsAt?: number;
  readonly dirtyWorld?: DirtyWorld;
}

/** Twenty people a second for three seconds, and a worker for each of them. */
function stretchOf({ hangsAt = Number.POSITIVE_INFINITY, dirtyWorld }: Scene) {
  const pace = new VirtualPace();
  const tally = new Tally();
  const inMemory = new InMemoryEventStore();
  const store = new Proxy(inMemory, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      return (...given: unknown[]) => {
        if (pace.clock.monotonicMicros() >= hangsAt) return unanswered(given);
        return Reflect.apply(value, target, given);
      };
    },
  });
  const outage = new OutageWatch({
    pace,
    probe: async () => undefined,
    maxSeconds: 1,
    signal: new AbortController().signal,
    log: () => undefined,
  });
  const desk = new LibraryDesk({
    store,
    plainStore: inMemory,
    recorder: createOperationRecorder(pace.clock),
    pace,
    correlationID: 'c',
    random: createRandom(1),
    ...(dirtyWorld && { request: dirtyWorld.request.bind(dirtyWorld) }),
  });
  const counter = new Counter({
    desk,
    outage,
    pace,
    log: () => undefined,
    ...(dirtyWorld && { dirtyWorld }),
  });
  const { world } = libraryOf(400, 100);
  const steady = { rate: 20, seconds: 3, workers: 64, rhythm: 'steady', dayMicros: 3 * SECOND } as const;
  const people = {
    seed: 1,
    activeReaders: 30,
    contentionPercent: 0,
    queryPercent: 0,
    lendingPercent: 70,
    circulationPercent: 25,
    readersPercent: 5,
  };
  const actors = new LibraryActors(
    { ...people, rhythm: 'steady' },
    { world, random: createRandom(2), dayMicros: steady.dayMicros },
  );
  const stretch = new Stretch({ actors, counter, outage, tally, pace, random: createRandom(3) }, steady);
  return { pace, tally, stretch };
}

/** Rejects when its signal is aborted, and never otherwise. */
function unanswered(given: readonly unknown[]): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  for (const options of given) {
    if (typeof options !== 'object' || options === null || !('signal' in options)) continue;
    const { signal } = options;
    if (!(signal instanceof AbortSignal)) continue;
    if (signal.aborted) reject(new OperationCanceledError());
    signal.addEventListener('abort', () => reject(new OperationCanceledError()), { once: true });
  }
  return promise;
}

test('What hangs when the time is up gets ten seconds and counts with them, or the slowest would be left out', async () => {
  const { pace, tally, stretch } = stretchOf({ hangsAt: 2 * SECOND });
  const { seconds, arrived } = await pace.through(stretch.run(new AbortController().signal));
  assert.equal(seconds, 13);
  const hung = tally.outcomes.cancelled;
  assert.ok(hung > 10, String(hung));
  assert.equal(tally.brokenOff, hung);
  const { service, response } = tally;
  assert.equal(response.figures?.count, Math.round(arrived * 3));
  assert.ok((response.figures?.p99Micros ?? 0) > 10 * SECOND, JSON.stringify(response.figures));
  assert.ok((service.figures?.p95Micros ?? 0) > 10 * SECOND, JSON.stringify(service.figures));
});

test('Who wants it to stop waits 200 ms, and what is broken off then tells nothing about the store', async () => {
  const { pace, tally, stretch } = stretchOf({ hangsAt: 2 * SECOND });
  const stop = new AbortController();
  void pace.sleep(2.5 * SECOND).then(() => stop.abort());
  const { seconds } = await pace.through(stretch.run(stop.signal));
  assert.equal(seconds, 2.7);
  assert.ok(tally.outcomes.cancelled > 3);
  assert.equal(tally.brokenOff, 0);
  assert.equal(tally.response.figures?.count, tally.ended - tally.outcomes.cancelled);
});

test('Who wants it to stop while the last ones are waited for does not wait for them either', async () => {
  const { pace, tally, stretch } = stretchOf({ hangsAt: 2 * SECOND });
  const stop = new AbortController();
  void pace.sleep(5 * SECOND).then(() => stop.abort());
  const { seconds } = await pace.through(stretch.run(stop.signal));
  assert.equal(seconds, 5.2);
  assert.ok(tally.outcomes.cancelled > 10);
});

test('What was cancelled on purpose is not measured', async () => {
  const dirtyWorld = new DirtyWorld({ cancelled: 0.5, cancelWithinMs: 0 }, { seed: 1 });
  const { pace, tally, stretch } = stretchOf({ dirtyWorld });
  await pace.through(stretch.run(new AbortController().signal));
  const { cancelled } = tally.outcomes;
  assert.ok(cancelled > 20, String(cancelled));
  assert.equal(tally.brokenOff, 0);
  assert.equal(tally.response.figures?.count, tally.ended - cancelled);
});
