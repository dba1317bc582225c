import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { SimulationSummary } from '../../server/workload/simulation/summary.ts';
import { assertLawful, assertNothingIsLost } from './support/lawful-life.ts';
import { type SimulatedLibrary, simulatedLibrary } from './support/simulated-library.ts';

let library: SimulatedLibrary;

before(async () => {
  library = await simulatedLibrary(4_000);
});

after(() => library[Symbol.asyncDispose]());

function countOf(summary: SimulationSummary, outcome: 'failed' | 'cancelled'): number {
  return summary.outcomes[outcome];
}

test('A library lives on PostgreSQL for some seconds: most commands append, few come to nothing, all rules hold', async () => {
  const life = await library.live({
    durationSeconds: 6,
    rate: 120,
    workers: 8,
    contentionPercent: 5,
    rhythm: 'daily',
  });
  const { summary } = life;
  assertNothingIsLost(life);
  const { accepted, idempotent, count } = summary.commands;
  assert.ok(count > 400, String(count));
  assert.ok(accepted >= 0.8 && accepted <= 0.9, `accepted: ${accepted}`);
  assert.ok(idempotent < 0.1, `idempotent: ${idempotent}`);
  assert.equal(summary.end, 'finished');
  assert.deepEqual(summary.errors, {});
  assert.ok(life.series.length >= 5);
  assert.ok((summary.snapshots?.hitRate ?? 0) > 0.5, JSON.stringify(summary.snapshots));
  await assertLawful(library.url);
});

test('Many who want the same few books conflict, try again, and no book is lent twice', async () => {
  const life = await library.live({ rate: 150, workers: 8, contentionPercent: 90, queryPercent: 0 });
  assertNothingIsLost(life);
  assert.ok(life.summary.conflicts > 0, 'no conflict');
  assert.ok(life.summary.retries >= life.summary.conflicts);
  await assertLawful(library.url);
});

test('A library that is too small grows before anything is measured', async () => {
  await using empty = await simulatedLibrary(0);
  const life = await empty.live({ books: 80, readers: 50, activeReaders: 20, durationSeconds: 2 });
  assertNothingIsLost(life);
  const { warmUp, population } = life.summary;
  assert.equal(warmUp.eventsRead, 0);
  assert.ok(warmUp.commands >= 130 && warmUp.commands < 150, String(warmUp.commands));
  assert.ok(population.books >= 75 && population.readers >= 45);
  await assertLawful(empty.url);
});

test('Histories are folded before anything is measured: no question begins with the first event', async () => {
  await using fresh = await simulatedLibrary(2_000);
  const { summary } = await fresh.live({ durationSeconds: 3, queryPercent: 80, rate: 60 });
  assert.ok((summary.snapshots?.warm ?? 0) > 20, JSON.stringify(summary.snapshots));
  assert.deepEqual(summary.snapshots?.misses, {});
});

test('The same seed once more acts on the store as it is now', async () => {
  const life = await library.live({ durationSeconds: 2 });
  assertNothingIsLost(life);
  assert.ok(life.summary.commands.idempotent < 0.15, String(life.summary.commands.idempotent));
});

test('A stop in the middle ends it at once, with all that was done and nothing lost', async () => {
  const stop = new AbortController();
  const start = performance.now();
  const life = await library.live({
    durationSeconds: 600,
    signal: stop.signal,
    onSecond: ({ second }) => second === 2 && stop.abort(),
  });
  assert.ok(performance.now() - start < 30_000);
  assert.equal(life.summary.end, 'stopped');
  assert.ok(life.summary.operations > 0);
  assertNothingIsLost(life);
});

test('A stop in the middle of slow queries breaks them off, and counts them', async () => {
  const stop = new AbortController();
  const life = await library.live({
    durationSeconds: 600,
    workers: 4,
    dirtyWorld: { slowQueries: 1, slowByMs: 20_000 },
    signal: stop.signal,
    onSecond: ({ second }) => second === 1 && stop.abort(),
  });
  assert.equal(life.summary.end, 'stopped');
  assert.equal(countOf(life.summary, 'cancelled'), 4);
  assertNothingIsLost(life);
});

test('In a dirty world every fault is counted by its kind, and the store is as lawful as ever', async () => {
  const life = await library.live({
    durationSeconds: 5,
    rate: 100,
    workers: 8,
    dirtyWorld: {
      businessErrors: 0.1,
      conflicts: 0.1,
      slowQueries: 0.05,
      slowByMs: 50,
      cancelled: 0.05,
      timedOut: 0.03,
    },
  });
  const { summary } = life;
  assertNothingIsLost(life);
  const { injected } = summary;
  assert.ok(injected !== undefined);
  for (const [kind, count] of Object.entries(injected)) assert.ok(count > 0, kind);
  assert.ok(summary.conflicts >= injected.conflicts);
  assert.ok((summary.errors['query_timeout'] ?? 0) > 0, JSON.stringify(summary.errors));
  assert.equal(countOf(summary, 'cancelled'), summary.errors['operation_canceled']);
  // What was meant to go wrong is nothing to tell.
  assert.deepEqual(life.log, []);
  await assertLawful(library.url);
});

test('A store that is too slow lets response times grow, and not service times: nobody waits unseen', async () => {
  const life = await library.live({
    durationSeconds: 4,
    rate: 80,
    workers: 2,
    queryPercent: 0,
    dirtyWorld: { slowQueries: 1, slowByMs: 100 },
  });
  const { service, response, rate } = life.summary;
  assert.ok(service !== undefined && response !== undefined);
  assertNothingIsLost(life);
  assert.ok(rate.unserved > 50, String(rate.unserved));
  assert.ok(rate.longestWaitMicros > 1e6);
  assert.ok(response.p50Micros > 4 * service.p50Micros, `${response.p50Micros} ${service.p50Micros}`);
  // Sixty more come each second than are served; a busy machine tells of the first one late.
  const backlogs = life.series.map(({ backlog }) => backlog);
  assert.ok(Math.max(...backlogs) - (backlogs[0] ?? 0) > 50, `the backlog grows: ${backlogs}`);
});

test('The highest rate within a bound is searched, and every trial told', async () => {
  const life = await library.live({
    durationSeconds: 24,
    rate: 20,
    workers: 2,
    queryPercent: 0,
    p99BoundMillis: 400,
    dirtyWorld: { slowQueries: 1, slowByMs: 100 },
  });
  assertNothingIsLost(life);
  const { search, rate } = life.summary;
  assert.ok(search !== undefined && search.trials.length >= 2);
  assert.equal(rate.asked, search.rate);
  // Two workers, each busy for 100 ms and some: at most 20 a second.
  assert.ok(search.rate < 25, JSON.stringify(search));
  assert.ok(search.trials.some(({ holds }) => !holds));
});
