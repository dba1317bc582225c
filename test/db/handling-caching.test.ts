import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { caching } from '../../server/handling/caching/caching.ts';
import { commandHandler } from '../../server/handling/command-handler.ts';
import { queryHandler } from '../../server/handling/query-handler.ts';
import { retrying } from '../../server/handling/retrying/retrying.ts';
import { AppendListeners, tellingAppends } from '../../server/handling/tell-appends.ts';
import { createRandom, type Random } from '../../server/lib/random.ts';
import { postgresFixture } from '../contract/event-store-fixture.ts';
import { type Counting, count, countOf } from '../unit/support/counter-example.ts';
import { ManualClock } from '../unit/support/manual-clock.ts';

const counters = ['a', 'b', 'c'] as const;
const [writers, readers, steps] = [4, 8, 40];

const countAlways = {
  ...count,
  decide: (_: number, { counter }: Counting) =>
    ({ outcome: 'accepted', events: [{ type: 'Counted', counter }] }) as const,
};

for (const seed of [1, 2, 3]) {
  test(`While ${writers} writers append, no reader gets an answer older than an append that had finished (seed ${seed})`, async () => {
    await using fixture = await postgresFixture();
    const listeners = new AppendListeners();
    const store = tellingAppends(fixture.store, listeners);
    const patiently = { random: createRandom(seed), settings: { attempts: 100, maxDelayMs: 20 } };
    const counting = retrying(commandHandler(countAlways, { store }), patiently);
    // The clock stands still: an answer stays until an append ends it.
    const asking = caching(queryHandler({ ...countOf, reading: 'at-once' }, { store }), {
      appends: listeners,
      clock: new ManualClock(),
    });
    const finished = { a: 0, b: 0, c: 0 };
    const uses = { hit: 0, shared: 0, miss: 0 };

    async function write(random: Random): Promise<void> {
      for (let step = 0; step < steps; step += 1) {
        const counter = random.pick(counters);
        await counting.handle({ counter });
        finished[counter] += 1;
        await pause(random);
      }
    }

    async function read(random: Random): Promise<void> {
      for (let step = 0; step < steps * 3; step += 1) {
        const counter = random.pick(counters);
        const least = finished[counter];
        const { result, cache } = await asking.handle({ counter });
        const told = Number(result.slice(3));
        assert.ok(told >= least, `${told} were told where ${least} had been counted (${cache.use})`);
        uses[cache.use] += 1;
        await pause(random);
      }
    }

    await Promise.all([
      ...Array.from({ length: writers }, (_, stream) => write(createRandom(seed, stream))),
      ...Array.from({ length: readers }, (_, stream) => read(createRandom(seed, writers + stream))),
    ]);
    for (const counter of counters) {
      const { result } = await asking.handle({ counter });
      assert.equal(result, `${counter}: ${finished[counter]}`);
    }
    assert.ok(uses.hit > 50 && uses.miss > 10, JSON.stringify(uses));
  });
}

test('Readers that ask at the same time cost the database one read', async () => {
  await using fixture = await postgresFixture({ connections: 2 });
  const asking = caching(queryHandler(countOf, { store: fixture.store }), { appends: new AppendListeners() });
  const answers = await Promise.all(Array.from({ length: 100 }, () => asking.handle({ counter: 'a' })));
  assert.deepEqual(answers.at(-1)?.cache, { use: 'shared', hits: 0, shared: 99, misses: 1 });
});

test('Who cancels a shared read of the database leaves it to the others, and the last one frees the connection', async () => {
  await using fixture = await postgresFixture({ connections: 2 });
  const asking = caching(queryHandler(countOf, { store: fixture.store }), { appends: new AppendListeners() });
  const locker = await fixture.pool.connect();
  await locker.query('BEGIN; LOCK TABLE events IN ACCESS EXCLUSIVE MODE');
  const [first, second] = [new AbortController(), new AbortController()];
  const waiting = [first, second].map(({ signal }) => asking.handle({ counter: 'a' }, { signal }));
  first.abort();
  await assert.rejects(waiting[0] ?? assert.fail(), { code: 'operation_canceled' });
  second.abort();
  await assert.rejects(waiting[1] ?? assert.fail(), { code: 'operation_canceled' });
  const later = asking.handle({ counter: 'a' });
  await locker.query('COMMIT');
  locker.release();
  assert.equal((await later).result, 'a: 0');
});

/** Nothing to a few turns of the event loop, so that operations meet in ever different ways. */
async function pause(random: Random): Promise<void> {
  for (let turns = random.below(4); turns > 0; turns -= 1) await nextTurn();
}
