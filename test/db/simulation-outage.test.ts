import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { DatabaseGoneError } from '../../server/workload/simulation/faults.ts';
import { assertLawful, assertNothingIsLost } from './support/lawful-life.ts';
import { databaseProxy } from './support/proxy.ts';
import { query } from './support/query.ts';
import { type SimulatedLibrary, simulatedLibrary } from './support/simulated-library.ts';

let library: SimulatedLibrary;

before(async () => {
  library = await simulatedLibrary(3_000);
});

after(() => library[Symbol.asyncDispose]());

const KILL_ALL = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
  WHERE datname = current_database() AND pid <> pg_backend_pid()`;

test('Connections that are killed again and again cost retries, and no operation or event is lost', async () => {
  let killed = 0;
  const kills: Promise<unknown>[] = [];
  const life = await library.live({
    durationSeconds: 5,
    rate: 100,
    queryPercent: 0,
    onSecond: () => {
      kills.push(query(library.url, KILL_ALL).then((rows) => (killed += rows.length)));
    },
  });
  await Promise.all(kills);
  assert.ok(killed >= 10, String(killed));
  assertNothingIsLost(life);
  assert.equal(life.summary.end, 'finished');
  assert.ok(life.summary.operations > 300);
  await assertLawful(library.url);
});

test('A database that is gone for some seconds is told, waited for, and the simulation goes on', async () => {
  await using proxy = await databaseProxy(library.url);
  const life = await library.live({
    url: proxy.url,
    durationSeconds: 7,
    rate: 80,
    onSecond: ({ second }) => {
      if (second === 2) proxy.cut();
      if (second === 4) proxy.restore();
    },
  });
  assertNothingIsLost(life);
  const { summary, series, log } = life;
  assert.equal(summary.end, 'finished');
  assert.equal(summary.outages.length, 1);
  const { startSecond = 0, seconds = 0 } = summary.outages[0] ?? {};
  assert.ok(startSecond > 1 && seconds > 0.5 && seconds < 4, JSON.stringify(summary.outages));
  assert.ok(
    log.some((line) => /^The database is gone: /.test(line)),
    log.join('\n'),
  );
  assert.ok(
    log.some((line) => /^The database is back after /.test(line)),
    log.join('\n'),
  );
  // Those who came meanwhile waited, were served afterwards, and their waiting counts.
  assert.ok(series.some(({ backlog }) => backlog > 20));
  assert.ok((summary.response?.maxMicros ?? 0) > 1e6);
  assert.ok((series.at(-1)?.accepted ?? 0) > 0);
  await assertLawful(library.url);
});

test('A connection that breaks in the middle of an append leaves nobody in doubt', async () => {
  await using proxy = await databaseProxy(library.url);
  // The answer of an append that is stored does not arrive: only a look into the store can tell.
  const life = await library.live({
    url: proxy.url,
    durationSeconds: 5,
    rate: 100,
    queryPercent: 0,
    onSecond: ({ second }) => {
      if (second !== 2) return;
      proxy.holdAnswers();
      void proxy.answerHeld().then(() => {
        setImmediate(() => {
          proxy.cut();
          proxy.passAnswers();
          proxy.restore();
        });
      });
    },
  });
  assertNothingIsLost(life);
  await assertLawful(library.url);
});

test('A stop while the database hangs ends the simulation all the same, and every operation has its outcome', async () => {
  await using proxy = await databaseProxy(library.url);
  const stop = new AbortController();
  let stoppedAt = 0;
  const life = await library.live({
    url: proxy.url,
    durationSeconds: 600,
    signal: stop.signal,
    onSecond: ({ second }) => {
      if (second === 2) proxy.holdAnswers();
      if (second !== 3) return;
      stoppedAt = performance.now();
      stop.abort();
    },
    onOver: () => proxy.cut(),
  });
  assert.ok(life.overAt - stoppedAt < 7_000, `${life.overAt - stoppedAt} ms`);
  const { operations, outcomes, end } = life.summary;
  assert.equal(end, 'stopped');
  assert.equal(
    Object.values(outcomes).reduce((sum, count) => sum + count, 0),
    operations,
  );
  assert.ok(outcomes.cancelled + outcomes.unknown > 0, JSON.stringify(outcomes));
});

test('A database that does not come back ends the simulation with a clear fault and all that was done', async () => {
  await using proxy = await databaseProxy(library.url);
  const life = await library.live({
    url: proxy.url,
    durationSeconds: 600,
    outageSeconds: 2,
    onSecond: ({ second }) => second === 2 && proxy.cut(),
  });
  assert.equal(life.summary.end, 'database_gone');
  assert.ok(life.fault instanceof DatabaseGoneError);
  assert.match(life.fault.message, /did not come back within 2 s/);
  assert.ok(life.summary.operations > 50);
  assert.equal(life.summary.events.stored, undefined);
  // What was under way when it went cannot be looked up; everything else is certain.
  const { appended } = life.summary.events;
  const stored = life.eventsAfter - life.eventsBefore;
  assert.ok(
    stored >= appended && stored <= appended + life.summary.outcomes.unknown,
    `${stored} ${appended}`,
  );
});
