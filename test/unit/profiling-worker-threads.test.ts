import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { setTimeout as timer } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { createOperationRecorder } from '../../server/handling/recording/operation-recorder.ts';
import { systemClock } from '../../server/lib/clock.ts';
import { v8CpuCollector } from '../../server/profiling/capture/v8-cpu-collector.ts';
import { OWN_WORKER } from '../../server/profiling/capture/worker-capture.ts';
import { buildProfileArtifacts } from '../../server/profiling/profile-workload.ts';
import type { OperationTrace } from '../../server/protocol/operation-trace.ts';
import { PHASES } from '../../server/protocol/phase.ts';
import { CATEGORIES, type Profile } from '../../server/protocol/profile/profile.ts';

const collector = v8CpuCollector(systemClock);
const recorder = createOperationRecorder(systemClock);

function newWorker(options: { readonly name?: string; readonly workerData?: unknown } = {}): Worker {
  return new Worker(new URL('support/burning-worker.cjs', import.meta.url), { ...options, execArgv: [] });
}

/** An operation that waits in `decide` until a worker has worked, and then as long again for nobody. */
function delegating(worker: Worker, milliseconds: number, iteration: number): Promise<OperationTrace> {
  return recorder.record({ handler: 'Loans', kind: 'query', iteration }, async () => {
    await recorder.phase('decide', async () => {
      worker.postMessage(milliseconds);
      await once(worker, 'message');
    });
    await recorder.phase('project', () => timer(milliseconds));
    return { outcome: 'answered' } as const;
  });
}

/** Microseconds in a phase whose stack has the function, or, without a name, of all stacks. */
function timeOf({ samples, nodes, frames, strings }: Profile, phase: string, name?: string): number {
  let micros = 0;
  for (let row = 0; row < samples.length; row++) {
    if (PHASES[samples.phase[row] ?? PHASES.length] !== phase) continue;
    for (let node = samples.node[row] ?? 0; node >= 0; node = nodes.parent[node] ?? -1) {
      if (name !== undefined && strings[frames.name[nodes.frame[node] ?? 0] ?? 0] !== name) continue;
      micros += samples.duration[row] ?? 0;
      break;
    }
  }
  return micros;
}

test("A pool's worker shows what it did in the phase that waited for it, on the clock of the main thread", async () => {
  const worker = newWorker({ name: 'pool' });
  await once(worker, 'online');
  await delegating(worker, 5, 0);
  await using capture = await collector.start({ samplingIntervalMicros: 500 });
  const traces: OperationTrace[] = [];
  for (let iteration = 0; iteration < 10; iteration++) traces.push(await delegating(worker, 20, iteration));
  const stopped = await capture.stop();
  await worker.terminate();
  const { workers, profile } = await buildProfileArtifacts({ capture: stopped, traces, title: 'Loans' });
  assert.deepEqual([workers.map(({ name }) => plain(name)), stopped.lost], [['pool'], []]);
  const [pool] = workers;
  assert.ok(pool);
  const wall = traces.reduce((sum, { durationMicros }) => sum + durationMicros, 0);
  const burning = timeOf(pool.profile, 'decide', 'burnInWorker');
  // 20 of 40 ms of each operation, by the worker's own clock; a busy machine adds to the way of the messages.
  assert.ok(
    burning / timeOf(pool.profile, 'decide') > 0.75,
    `${burning} of ${timeOf(pool.profile, 'decide')}`,
  );
  assert.ok(burning > 0.9 * 10 * 20_000, `${burning} µs of 200 ms`);
  const elsewhere = timeOf(pool.profile, 'project', 'burnInWorker');
  assert.ok(elsewhere < 0.1 * burning, `${elsewhere} µs outside, ${burning} inside`);
  assert.ok(Math.abs(timeOf(pool.profile, 'decide') + timeOf(pool.profile, 'project') - wall) < 0.05 * wall);
  assert.equal(timeOf(profile, 'decide', 'burnInWorker'), 0, 'the main thread only waited');
  assert.ok(pool.busySamples > 0 && pool.busySamples < pool.samples);
  assert.ok(pool.cpuProfileJson.includes('burnInWorker'));
});

test('What a worker has nothing to do for is its own idling, not the waiting of the operation', async () => {
  const worker = newWorker();
  await once(worker, 'online');
  await using capture = await collector.start({ samplingIntervalMicros: 500 });
  const traces = [await delegating(worker, 10, 0)];
  const stopped = await capture.stop();
  await worker.terminate();
  const { workers } = await buildProfileArtifacts({ capture: stopped, traces, title: 'Loans' });
  const categories = new Set(
    Array.from(workers[0]?.profile.frames.category ?? [], (category) => CATEGORIES[category]),
  );
  assert.ok(categories.has('idle') && !categories.has('wait'), [...categories].join());
  assert.match(workers[0]?.name ?? '', /^worker \d+$/);
});

test('A worker that lives for one operation is recorded until its end', async () => {
  await using capture = await collector.start({ samplingIntervalMicros: 500 });
  await timer(20);
  const worker = newWorker({ name: 'once', workerData: { burn: 60 } });
  await once(worker, 'exit');
  await timer(20);
  const { workers, lost } = await capture.stop();
  assert.deepEqual([workers.map(({ name }) => plain(name)), lost], [['once'], []]);
  const { profile, workers: built } = await buildProfileArtifacts({
    capture: { ...(await recorded()), workers },
    traces: [],
    title: '',
  });
  assert.ok(profile.durationMicros > 0 && (built[0]?.profile.durationMicros ?? 0) > 0);
  const names = workers[0]?.cpuProfile.nodes.map(({ callFrame }) => callFrame.functionName);
  assert.ok(names?.includes('burnInWorker'), names?.join());
});

/** Without the number, which counts all workers of the process. */
function plain(name: string): string {
  return name.replace(/ \(worker \d+\)$/, '');
}

async function recorded() {
  await using capture = await collector.start({ samplingIntervalMicros: 500 });
  return await capture.stop();
}

test("A worker that blocks in Atomics.wait is recorded, too, and the runner's own worker never", async () => {
  const worker = newWorker({ name: 'sleeper', workerData: { sleeps: true } });
  await once(worker, 'message');
  const own = newWorker({ name: OWN_WORKER });
  await once(own, 'online');
  await using capture = await collector.start({ samplingIntervalMicros: 500 });
  const { workers, lost, cpuProfile } = await capture.stop();
  assert.deepEqual([workers.map(({ name }) => plain(name)), lost], [['sleeper'], []]);
  assert.ok(cpuProfile.nodes.length > 0);
  await worker.terminate();
  await own.terminate();
});
