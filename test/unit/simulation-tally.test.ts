import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Latency } from '../../server/workload/simulation/latency.ts';
import { ACTION_OUTCOMES } from '../../server/workload/simulation/library-action.ts';
import { SecondSeries } from '../../server/workload/simulation/second-series.ts';
import { type HandlerName, Tally } from '../../server/workload/simulation/tally.ts';

const HANDLERS: readonly HandlerName[] = ['LendBookCopyToReader', 'BooksInCirculation', 'RegisterReader'];

const operations = fc.array(
  fc.record({
    handler: fc.constantFrom(...HANDLERS),
    outcome: fc.constantFrom(...ACTION_OUTCOMES),
    retries: fc.nat(5),
    eventsAppended: fc.nat(1),
    micros: fc.integer({ min: 1, max: 1e6 }),
  }),
);

test('Every operation is counted once, and what the seconds tell adds up to it', () => {
  fc.assert(
    fc.property(operations, fc.integer({ min: 1, max: 20 }), (done, perSecond) => {
      const tally = new Tally();
      const series = new SecondSeries(tally, 0);
      const now = { conflicts: 0, backlog: 0, inFlight: 0 };
      done.forEach(({ handler, micros, ...ended }, index) => {
        tally.begin(handler);
        tally.end(handler, ended, { serviceMicros: micros, responseMicros: micros });
        if (index % perSecond === 0) series.next(now);
      });
      series.next(now);
      const sum = ACTION_OUTCOMES.reduce((all, outcome) => all + tally.outcomes[outcome], 0);
      assert.deepEqual([tally.begun, tally.ended, sum], [done.length, done.length, done.length]);
      assert.equal(
        tally.handlers().reduce((all, { count }) => all + count, 0),
        done.length,
      );
      assert.equal(
        tally.retries,
        done.reduce((all, { retries }) => all + retries, 0),
      );
      const { seconds } = series;
      assert.equal(
        seconds.reduce((all, { ended }) => all + ended, 0),
        done.length,
      );
      assert.equal(
        seconds.reduce((all, { eventsAppended }) => all + eventsAppended, 0),
        tally.eventsAppended,
      );
      assert.equal(
        seconds.reduce((all, { accepted }) => all + accepted, 0),
        tally.outcomes.accepted,
      );
    }),
  );
});

test('Latencies are those since the last window began, counts are of all', () => {
  const tally = new Tally();
  const one = (micros: number) => {
    tally.begin('RegisterReader');
    const ended = { outcome: 'accepted', retries: 0, eventsAppended: 1 } as const;
    tally.end('RegisterReader', ended, { serviceMicros: micros, responseMicros: 2 * micros });
  };
  one(1_000_000);
  tally.beginWindow();
  one(100);
  assert.equal(tally.service.figures?.maxMicros, 100);
  assert.equal(tally.response.figures?.count, 1);
  assert.equal(tally.handlers()[0]?.count, 2);
});

test('Who left without having been served counts with the time that they waited, and as no operation', () => {
  const tally = new Tally();
  tally.gaveUp(5_000_000);
  assert.equal(tally.response.figures?.count, 1);
  assert.deepEqual([tally.begun, tally.service.figures], [0, undefined]);
});

test('Percentiles are within 0.1 % of the exact ones, which lie at this rank or beside it', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 3e9 }), { minLength: 1 }), (durations) => {
      const latency = new Latency();
      for (const micros of durations) latency.record(micros);
      const sorted = durations.toSorted((a, b) => a - b);
      const { figures } = latency;
      for (const [percent, told] of [
        [50, figures?.p50Micros],
        [95, figures?.p95Micros],
        [99, figures?.p99Micros],
        [100, figures?.maxMicros],
      ] as const) {
        const rank = Math.ceil((percent / 100) * sorted.length) - 1;
        const [least = 0, most = 0] = [
          sorted[Math.max(0, rank - 1)],
          sorted[Math.min(sorted.length - 1, rank + 1)],
        ];
        const isNear = told !== undefined && told >= least * 0.999 - 1 && told <= most * 1.001 + 1;
        assert.ok(isNear, `${percent}: ${told} for ${least} to ${most}`);
      }
    }),
  );
});

test('What takes longer than an hour counts as an hour, and nothing takes no time', () => {
  const latency = new Latency();
  latency.record(1e12);
  latency.record(0);
  assert.equal(latency.figures?.count, 2);
  assert.ok((latency.figures?.maxMicros ?? 0) >= 3_600_000_000);
});
