import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openPool } from '../../server/database/pool.ts';
import type { SeedRequest } from '../../server/protocol/run.ts';
import { executeSeed } from '../../server/runner/execute-seed.ts';
import type { RunContext } from '../../server/runner/run-context.ts';
import { postgresFixture } from '../contract/event-store-fixture.ts';

const request: SeedRequest = { kind: 'seed', events: 12_000, seed: 1 };

interface Progress {
  readonly step: string;
  readonly done: number;
  readonly total: number;
}

async function seeding() {
  const fixture = await postgresFixture();
  const pool = openPool({ connectionString: fixture.url, applicationName: 'test', log: () => undefined });
  const reports: Progress[] = [];
  const seed = (
    signal = new AbortController().signal,
    onReport: (report: Progress) => void = () => undefined,
  ) => {
    const progress = (step: string, done: number, total: number) => {
      const report = { step, done, total };
      reports.push(report);
      onReport(report);
    };
    const context: Pick<RunContext, 'signal' | 'progress'> = { signal, progress };
    return executeSeed(request, pool, context as RunContext);
  };
  const count = async () => Number((await pool.query('SELECT count(*) AS n FROM events')).rows[0]?.n);
  return {
    seed,
    reports,
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
  assert.deepEqual([...steps.keys()], ['Filling the event store', 'Building its indexes']);
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
