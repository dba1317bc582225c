import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openPool } from '../../server/database/pool.ts';
import { createRandom } from '../../server/lib/random.ts';
import type { SeedRequest } from '../../server/protocol/run.ts';
import { executeSeed } from '../../server/runner/execute-seed.ts';
import type { RunContext } from '../../server/runner/run-context.ts';
import { postgresFixture } from '../contract/event-store-fixture.ts';
import { openTransaction } from './support/open-transaction.ts';

const request: SeedRequest = { kind: 'seed', events: 12_000, seed: 1 };

interface Progress {
  readonly step: string;
  readonly done: number;
  readonly total: number;
}

async function seeding(settings = '') {
  const fixture = await postgresFixture();
  const url = new URL(fixture.url);
  if (settings !== '') url.searchParams.set('options', settings);
  const pool = openPool({ connectionString: url.href, applicationName: 'test', log: () => undefined });
  const reports: Progress[] = [];
  const messages: string[] = [];
  const seed = (
    signal = new AbortController().signal,
    onReport: (report: Progress) => void = () => undefined,
  ) => {
    const progress = (step: string, done: number, total: number) => {
      const report = { step, done, total };
      reports.push(report);
      onReport(report);
    };
    const log = (message: string) => void messages.push(message);
    const deliver = () => void reports.push({ step: 'delivered', done: 0, total: 0 });
    const context: Omit<RunContext, 'order' | 'metrics'> = { signal, stop: signal, progress, log, deliver };
    return executeSeed(request, pool, context as RunContext);
  };
  const count = async () => Number((await pool.query('SELECT count(*) AS n FROM events')).rows[0]?.n);
  const query = (sql: string) => pool.query(sql);
  return {
    query,
    url: fixture.url,
    seed,
    reports,
    messages,
    count,
    async [Symbol.asyncDispose]() {
      await pool.end();
      await fixture[Symbol.asyncDispose]();
    },
  };
}

test('A seed tells a progress that only grows and ends at the total of each of its steps', async () => {
  await using run = await seeding();
  const { events } = await run.seed();
  assert.equal(events, request.events);
  assert.equal(await run.count(), request.events);
  const steps = Map.groupBy(run.reports, ({ step }) => step);
  assert.deepEqual(
    [...steps.keys()],
    ['Filling the event store', 'Building its indexes', 'delivered', 'Collecting statistics for PostgreSQL'],
  );
  for (const reports of steps.values()) {
    const done = reports.map((report) => report.done);
    assert.deepEqual(
      done,
      done.toSorted((a, b) => a - b),
    );
    assert.equal(done[0], 0);
    assert.equal(done.at(-1), reports[0]?.total);
  }
});

test('A seed of a store that holds events is refused, and changes nothing', async () => {
  await using run = await seeding();
  await run.seed();
  await assert.rejects(run.seed(), { code: 'store_not_empty' });
  assert.equal(await run.count(), request.events);
});

test('A seed that is cancelled leaves the store empty, and the next one fills it', async () => {
  await using run = await seeding();
  const aborter = new AbortController();
  const abortAtHalf = ({ done, total }: Progress) => {
    if (done > total / 3) aborter.abort();
  };
  await assert.rejects(run.seed(aborter.signal, abortAtHalf), { code: 'operation_canceled' });
  assert.equal(await run.count(), 0);
  await run.seed();
  assert.equal(await run.count(), request.events);
});

test('A seed that is cancelled at any moment agrees with the store on what became of it', async () => {
  await using run = await seeding();
  const random = createRandom(11);
  const ends = { seeded: 0, cancelled: 0 };
  for (let round = 0; round < 12; round += 1) {
    await run.query('TRUNCATE events');
    const aborter = new AbortController();
    const timer = setTimeout(() => aborter.abort(), random.fraction() * 600);
    const stored = await run.seed(aborter.signal).then(
      ({ events }) => events,
      () => 0,
    );
    clearTimeout(timer);
    assert.equal(await run.count(), stored);
    ends[stored > 0 ? 'seeded' : 'cancelled'] += 1;
  }
  assert.ok(ends.cancelled > 0, 'none was cancelled');
});

/** A store that is locked for whatever comes right behind the seed's commit. */
async function withLockedStatistics(
  run: Awaited<ReturnType<typeof seeding>>,
  work: (onReport: (report: Progress) => void) => Promise<void>,
): Promise<void> {
  await using other = await openTransaction(run.url);
  let locked: Promise<unknown> | undefined;
  // The seed still holds its own lock here: this one is next in the queue.
  await work(({ step }) => {
    if (step === 'Building its indexes') locked ??= other.query('LOCK TABLE events IN SHARE MODE');
  });
  await locked;
}

test('A seed whose statistics cannot be collected has succeeded, and says what is missing', async () => {
  await using run = await seeding('-c lock_timeout=100ms');
  await withLockedStatistics(run, async (onReport) => {
    const { events } = await run.seed(undefined, onReport);
    assert.equal(events, request.events);
  });
  assert.equal(await run.count(), request.events);
  assert.match(
    run.messages.join(),
    /^The event store is filled, but reads may be slow until .* lock timeout/,
  );
});

test('A cancel while statistics are collected comes too late for the seed and ends it at once', async () => {
  await using run = await seeding();
  const aborter = new AbortController();
  await withLockedStatistics(run, async (onReport) => {
    const { events } = await run.seed(aborter.signal, (report) => {
      onReport(report);
      if (report.step.startsWith('Collecting')) setImmediate(() => aborter.abort());
    });
    assert.equal(events, request.events);
  });
  assert.equal(await run.count(), request.events);
  assert.match(run.messages.join(), /The run was cancelled/);
});
