import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '../../server/lib/clock.ts';
import { clockOffset } from '../../server/profiling/capture/clock-offset.ts';
import { v8CpuCollector } from '../../server/profiling/capture/v8-cpu-collector.ts';

const collector = v8CpuCollector(systemClock);

/** Keeps the processor busy, so that there is something to sample. */
function burn(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

test('what runs between start and stop is sampled at the asked interval', async () => {
  burn(20);
  await using capture = await collector.start({ samplingIntervalMicros: 500 });
  burn(100);
  const { cpuProfile, kind, samplingIntervalMicros } = await capture.stop();
  assert.deepEqual([kind, samplingIntervalMicros], ['v8-cpu', 500]);
  const samples = cpuProfile.samples?.length ?? 0;
  // Never more than one per interval; how many fewer is up to what else the machine does.
  assert.ok(samples > 20 && samples < 300, `${samples} samples in 100 ms`);
  assert.ok(cpuProfile.nodes.some((node) => node.callFrame.functionName === 'burn'));
});

test("V8 stamps samples on the process's monotonic clock", async () => {
  const before = systemClock.monotonicMicros();
  await using capture = await collector.start({ samplingIntervalMicros: 1000 });
  const started = systemClock.monotonicMicros();
  const stopping = systemClock.monotonicMicros();
  const { cpuProfile, clockOffsetMicros } = await capture.stop();
  const after = systemClock.monotonicMicros();
  assert.ok(cpuProfile.startTime + clockOffsetMicros >= before - 100);
  assert.ok(cpuProfile.startTime + clockOffsetMicros <= started + 100);
  assert.ok(cpuProfile.endTime + clockOffsetMicros >= stopping - 100);
  assert.ok(cpuProfile.endTime + clockOffsetMicros <= after + 100);
  if (process.platform === 'linux') assert.equal(clockOffsetMicros, 0);
});

test('a capture that is aborted rejects with the reason, and the next one works', async () => {
  const abort = new AbortController();
  const capture = await collector.start({ samplingIntervalMicros: 1000, signal: abort.signal });
  abort.abort(new Error('cancelled by the user'));
  await assert.rejects(() => capture.stop(), { message: 'cancelled by the user' });
  await assert.rejects(() => collector.start({ samplingIntervalMicros: 1000, signal: abort.signal }), {
    message: 'cancelled by the user',
  });
  await using next = await collector.start({ samplingIntervalMicros: 1000 });
  burn(10);
  assert.ok((await next.stop()).cpuProfile.nodes.length > 0);
});

test('clocks that agree need no offset; clocks that differ are brought into their brackets', () => {
  const bracket = (before: number, after: number, noted: number) => ({ before, after, noted });
  assert.equal(clockOffset([bracket(100, 15_000, 140), bracket(90_000, 92_000, 90_150)]), 0);
  assert.equal(clockOffset([bracket(100, 15_000, 95), bracket(90_000, 92_000, 90_150)]), 0, 'rounded notes');
  const slept = 3_600_000_000;
  const offset = clockOffset([
    bracket(slept + 100, slept + 15_000, 140),
    bracket(slept + 90_000, slept + 92_000, 90_150),
  ]);
  assert.ok(offset >= slept - 100 && offset <= slept, `${offset - slept}`);
  assert.ok(clockOffset([bracket(100, 200, slept)]) < 0);
});
