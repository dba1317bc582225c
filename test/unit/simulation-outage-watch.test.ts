import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventStoreUnavailableError } from '../../server/eventstore/errors.ts';
import { DatabaseGoneError } from '../../server/workload/simulation/faults.ts';
import { OutageWatch } from '../../server/workload/simulation/outage-watch.ts';
import { VirtualPace } from './support/virtual-pace.ts';

const SECOND = 1e6;
const fault = new EventStoreUnavailableError('The connection was lost.');

/** A database that is back at a moment. */
function watching(backAt: number, maxSeconds = 30) {
  const pace = new VirtualPace();
  const life = new AbortController();
  const lines: string[] = [];
  let probes = 0;
  const watch = new OutageWatch({
    pace,
    maxSeconds,
    signal: life.signal,
    log: (line) => lines.push(line),
    async probe() {
      probes += 1;
      if (pace.clock.monotonicMicros() < backAt) throw fault;
    },
  });
  return { pace, watch, lines, life, probes: () => probes };
}

test('While the database is gone nobody is sent there, and all go on when it is back', async () => {
  const { pace, watch, lines, probes } = watching(3 * SECOND);
  const { promise, resolve } = Promise.withResolvers<void>();
  watch.report(fault, resolve);
  watch.report(fault, () => assert.fail('one watch is enough'));
  assert.equal(watch.isOpen, false);
  const waiting = watch.untilOpen(new AbortController().signal);
  await pace.through(Promise.all([promise, waiting]));
  assert.equal(watch.isOpen, true);
  assert.deepEqual(watch.outages, [{ startSecond: 0, seconds: 3 }]);
  assert.equal(probes(), 13);
  assert.match(lines.join('\n'), /^The database is gone: .*Waiting.*\nThe database is back after 3\.0 s\.$/);
});

test('One broken connection of a database that is there is no outage to speak of', async () => {
  const { pace, watch, lines } = watching(0);
  const { promise, resolve } = Promise.withResolvers<void>();
  watch.report(fault, resolve);
  await pace.through(promise);
  assert.deepEqual([watch.isOpen, lines], [true, []]);
});

test('A database that does not come back in time is gone for good, with the fault that says so', async () => {
  const { pace, watch } = watching(Number.POSITIVE_INFINITY, 5);
  watch.report(fault, () => assert.fail('it is not back'));
  await assert.rejects(pace.through(watch.gone), (error) => {
    assert.ok(error instanceof DatabaseGoneError);
    assert.match(error.message, /did not come back within 5 s/);
    assert.equal(error.cause, fault);
    return true;
  });
  assert.equal(watch.isOpen, false);
  assert.equal(pace.clock.monotonicMicros(), 5 * SECOND);
  await assert.rejects(watch.untilOpen(new AbortController().signal), DatabaseGoneError);
});

test('Who does not want to wait any longer for the database need not', async () => {
  const { pace, watch, life } = watching(Number.POSITIVE_INFINITY);
  watch.report(fault, () => undefined);
  const impatient = new AbortController();
  const waiting = watch.untilOpen(impatient.signal);
  impatient.abort(new Error('enough'));
  await assert.rejects(pace.through(waiting), /enough/);
  life.abort();
  await pace.through(watch.untilOpen(new AbortController().signal));
});
