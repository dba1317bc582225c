import assert from 'node:assert/strict';
import { test } from 'node:test';
import { a, addCounts, setting } from './support/kept-counter.ts';

test('Operations that miss at the same time wait for one of them to fold the history', async () => {
  const { store, keeper, handler } = setting();
  const answers = await Promise.all(Array.from({ length: 16 }, () => handler.handle(a)));
  assert.ok(answers.every(({ result }) => result === 'a: 5'));
  const { rebuilt, warm } = keeper.figures().handlers['CountOf'] ?? assert.fail();
  assert.deepEqual([rebuilt, warm], [1, 15]);
  assert.equal(
    store.queries.filter(({ sequenceNumberHigherThan }) => sequenceNumberHigherThan === 0).length,
    1,
  );
});

test('Operations that find the tail too long at the same time wait for one of them to fold the history', async () => {
  const { store, keeper, handler, use } = setting({ maxTail: 3 });
  await use();
  await keeper.settled();
  addCounts(store, 10);
  const reads = store.queries.length;
  const answers = await Promise.all(Array.from({ length: 16 }, () => handler.handle(a)));
  assert.ok(answers.every(({ result }) => result === 'a: 15'));
  const { rebuilt, rebuiltBy } = keeper.figures().handlers['CountOf'] ?? assert.fail();
  assert.deepEqual([rebuilt, rebuiltBy], [2, { missing: 1, tail_too_long: 1 }]);
  const whole = store.queries.slice(reads).filter((read) => read.sequenceNumberHigherThan === 0);
  assert.equal(whole.length, 1);
});

test('Operations on a history without events wait for the first of them only', async () => {
  const { store, handler } = setting({ events: 0 });
  const { promise: together, resolve: allAsked } = Promise.withResolvers<void>();
  const replay = store.replay.bind(store);
  let asked = 0;
  store.replay = (...parameters) => {
    asked += 1;
    if (asked === 8) allAsked();
    // All but the first wait for each other: one by one they would wait for ever.
    const turn = asked === 1 ? undefined : together;
    const own = replay(...parameters);
    return {
      maxSequenceNumber: own.maxSequenceNumber,
      async *[Symbol.asyncIterator]() {
        await turn;
        yield* own;
      },
    };
  };
  const answers = await Promise.all(Array.from({ length: 8 }, () => handler.handle(a)));
  assert.ok(answers.every(({ result }) => result === 'a: 0'));
});

test('Who waits for another’s rebuild can leave, and takes over when the other one fails', async () => {
  const { handler } = setting();
  const [failing, leaving] = [new AbortController(), new AbortController()];
  const first = handler.handle(a, { signal: failing.signal });
  const second = handler.handle(a, { signal: leaving.signal });
  const third = handler.handle(a);
  failing.abort();
  leaving.abort();
  await assert.rejects(first, { code: 'operation_canceled' });
  await assert.rejects(second, { code: 'operation_canceled' });
  assert.deepEqual((await third).result, 'a: 5');
});
