import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { EventStore, Replay } from '../../server/eventstore/event-store.ts';
import { commandHandler } from '../../server/handling/command-handler.ts';
import { queryHandler } from '../../server/handling/query-handler.ts';
import { observed } from '../../server/handling/recording/observed.ts';
import type { OperationRecord } from '../../server/handling/recording/operation-record.ts';
import { createOperationRecorder } from '../../server/handling/recording/operation-recorder.ts';
import { retrying } from '../../server/handling/retrying/retrying.ts';
import { systemClock } from '../../server/lib/clock.ts';
import { createRandom } from '../../server/lib/random.ts';
import { event, type PostgresFixture, postgresFixture } from '../contract/event-store-fixture.ts';
import { type Counting, count, countOf } from '../unit/support/counter-example.ts';
import { query } from './support/query.ts';

const writers = 32;

// On an idle machine none of 384 commands needed more than the 6 attempts that are the default; a busy one may need more.
const patiently = { random: createRandom(1), settings: { attempts: 15 } };

const countAlways = {
  ...count,
  decide: (_: number, { counter }: Counting) =>
    ({ outcome: 'accepted', events: [{ type: 'Counted', counter }] }) as const,
};

test('32 commands at the same time that all change one boundary all succeed, each stored once', async () => {
  const recorder = createOperationRecorder(systemClock);
  await using fixture = await postgresFixture({ instrumentation: { recorder } });
  const bare = commandHandler(countAlways, { store: fixture.store, phases: recorder });
  const handler = observed(retrying(bare, { ...patiently, recorder }), recorder);
  const answers = await atOnce(() => handler.handle({ counter: 'a' }));
  assert.ok(answers.every(({ outcome }) => outcome === 'accepted'));
  assert.equal(await countOfEvents(fixture, 'Counted'), writers);
  const folded = answers.map(({ eventsFolded }) => eventsFolded).sort((a, b) => a - b);
  assert.deepEqual(folded, [...Array(writers).keys()]);
  const retried = answers.filter(({ retries }) => retries.attempts > 1);
  assert.ok(retried.length > writers / 2, `only ${retried.length} met a conflict`);
  for (const { record, retries } of answers) assert.equal(record.attempts, retries.attempts);
  const least = Math.min(...retried.map(({ record }) => unexplainedShare(record)));
  assert.ok(least < 0.02, `${(least * 100).toFixed(1)} % lie in no phase and in no delay`);
});

test('32 commands at the same time of which the rules allow three come to three successes and 29 rejections', async () => {
  await using fixture = await postgresFixture();
  const handler = retrying(commandHandler(count, { store: fixture.store }), patiently);
  const answers = await atOnce(() => handler.handle({ counter: 'a', upTo: 10 }));
  const accepted = answers.filter(({ outcome }) => outcome === 'accepted');
  const rejected = answers.filter(({ outcome }) => outcome === 'rejected');
  assert.deepEqual([accepted.length, rejected.length], [3, writers - 3]);
  assert.equal(await countOfEvents(fixture, 'Counted'), 3);
  assert.equal(await countOfEvents(fixture, 'CountingFailed'), writers - 3);
});

test('A query whose connection is killed between two batches reads again from the start and answers', async () => {
  await using fixture = await postgresFixture();
  await fixture.store.append(
    countOf.filter({ counter: 'nobody' }),
    (await fixture.store.query(countOf.filter({ counter: 'nobody' }))).position,
    Array.from({ length: 30 }, () => event('Counted', { Counter: 'a' })),
  );
  const store = afterFirstBatch(fixture.store, () => killAll(fixture));
  const handler = retrying(queryHandler(countOf, { store, batchSize: 10 }));
  const { result, retries } = await handler.handle({ counter: 'a' });
  assert.deepEqual([result, retries.attempts], ['a: 30', 2]);
  assert.equal((retries.lastError as { code?: string }).code, 'event_store_unavailable');
});

test('A command whose connection is killed while it reads is decided again and stored once', async () => {
  await using fixture = await postgresFixture();
  const handler = retrying(commandHandler(count, { store: fixture.store }));
  const locker = await fixture.pool.connect();
  await locker.query('BEGIN; LOCK TABLE events IN ACCESS EXCLUSIVE MODE');
  const counting = handler.handle({ counter: 'a' });
  await killWaiting(fixture);
  await locker.query('COMMIT');
  locker.release();
  const { outcome, retries } = await counting;
  assert.deepEqual([outcome, retries.attempts], ['accepted', 2]);
  assert.equal(await countOfEvents(fixture, 'Counted'), 1);
});

test('An append whose connection is killed has an unknown outcome, and is not tried again unless that was asked for', async () => {
  await using fixture = await postgresFixture();
  const bare = commandHandler(count, { store: fixture.store });
  await assert.rejects(
    killedInAppend(fixture, () => retrying(bare).handle({ counter: 'a', upTo: 1 })),
    {
      code: 'unknown_outcome',
    },
  );
  const again = retrying(bare, { afterUnknownOutcome: true });
  const { retries } = await killedInAppend(fixture, () => again.handle({ counter: 'b', upTo: 1 }));
  assert.equal(retries.attempts, 2);
  assert.equal(await countOfEvents(fixture, 'Counted'), 1);
});

function atOnce<Answer>(handle: () => Promise<Answer>): Promise<Answer[]> {
  return Promise.all(Array.from({ length: writers }, handle));
}

function unexplainedShare({ durationMicros, phases, retryDelayMicros = 0 }: OperationRecord): number {
  const inPhases = phases.reduce((sum, span) => sum + span.durationMicros, 0);
  return (durationMicros - inPhases - retryDelayMicros) / durationMicros;
}

async function countOfEvents({ pool }: PostgresFixture, eventType: string): Promise<number> {
  const { rows } = await pool.query('SELECT count(*)::int AS n FROM events WHERE event_type = $1', [
    eventType,
  ]);
  return rows[0]?.n;
}

/** The same store, whose first replay lets something happen before its second batch. */
function afterFirstBatch(store: EventStore, happen: () => Promise<void>): EventStore {
  let happened = false;
  async function* batchesOf(replay: Replay) {
    for await (const batch of replay) {
      yield batch;
      if (!happened) {
        happened = true;
        await happen();
      }
    }
  }
  const replay: EventStore['replay'] = (filter, options) => {
    const whole = store.replay(filter, options);
    return {
      get maxSequenceNumber() {
        return whole.maxSequenceNumber;
      },
      [Symbol.asyncIterator]: () => batchesOf(whole),
    };
  };
  return new Proxy(store, {
    get: (target, name) => {
      if (name === 'replay') return replay;
      const member: unknown = Reflect.get(target, name);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
}

async function killAll({ url }: PostgresFixture): Promise<void> {
  await query(url, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE ${others}`);
}

/** Waits until a statement of the store waits for a lock, and ends its connection. */
async function killWaiting({ url }: PostgresFixture): Promise<void> {
  for (;;) {
    const killed = await query(
      url,
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE ${others} AND wait_event_type = 'Lock'`,
    );
    if (killed.length > 0) return;
    await nextTurn();
  }
}

const others = 'datname = current_database() AND pid <> pg_backend_pid()';

/** Readers pass a lock that writers wait for; the append's transaction is gone before the lock is. */
async function killedInAppend<Answer>(
  fixture: PostgresFixture,
  handle: () => Promise<Answer>,
): Promise<Answer> {
  const locker = await fixture.pool.connect();
  await locker.query('BEGIN; LOCK TABLE events IN EXCLUSIVE MODE');
  const settled = Promise.allSettled([handle()]);
  await killWaiting(fixture);
  await locker.query('COMMIT');
  locker.release();
  const [outcome] = await settled;
  if (outcome.status === 'rejected') throw outcome.reason;
  return outcome.value;
}
