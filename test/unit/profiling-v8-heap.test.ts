import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createOperationRecorder } from '../../server/handling/recording/operation-recorder.ts';
import { systemClock } from '../../server/lib/clock.ts';
import { BorderClock } from '../../server/profiling/capture/border-clock.ts';
import type { HeapObjects } from '../../server/profiling/capture/heap-capture.ts';
import { v8HeapCollector } from '../../server/profiling/capture/v8-heap-collector.ts';
import { buildHeapArtifacts } from '../../server/profiling/heap/heap-artifacts.ts';
import type { OperationTrace } from '../../server/protocol/operation-trace.ts';
import { PHASES } from '../../server/protocol/phase.ts';
import type { Profile } from '../../server/protocol/profile/profile.ts';

const MEGABYTE = 1024 * 1024;

/** A list of 1,000 small integers and its head: 8 bytes for each element, 16 for their header, 32 for the list. */
const LIST_BYTES = 1_000 * 8 + 16 + 32;

let sink: unknown;

function allocateUnmarshalling(bytes: number): void {
  for (let made = 0; made < bytes; made += LIST_BYTES) sink = new Array(1_000).fill(made & 255);
}

function allocateProjecting(bytes: number): void {
  for (let made = 0; made < bytes; made += LIST_BYTES) sink = new Array(1_000).fill(made & 255);
}

interface Recorded {
  readonly operations: number;
  /** For each operation: bytes in `unmarshal`, then, after a turn of the event loop, in `project`. */
  readonly unmarshal: number;
  readonly project: number;
  readonly interval?: number;
  readonly objects?: HeapObjects;
}

async function record({ operations, unmarshal, project, interval = 8192, objects = 'allocated' }: Recorded) {
  const borders = new BorderClock(systemClock);
  const recorder = createOperationRecorder(borders);
  const kept: unknown[] = [];
  const operate = (iteration: number) =>
    recorder.record({ handler: 'Loans', kind: 'query', iteration }, async () => {
      recorder.phase('unmarshal', () => allocateUnmarshalling(unmarshal));
      await new Promise((resolve) => setImmediate(resolve));
      recorder.phase('project', () => allocateProjecting(project));
      if (objects === 'live') kept.push(keepAlive());
      return { outcome: 'answered' } as const;
    });
  // What V8 compiles and the first calls of everything are none of the recording.
  for (let warm = 0; warm < 3; warm++) await operate(warm);
  kept.length = 0;
  await using capture = await v8HeapCollector(systemClock).start({
    samplingIntervalMicros: 1000,
    samplingIntervalBytes: interval,
    heapObjects: objects,
    borders,
  });
  const traces: OperationTrace[] = [];
  for (let iteration = 0; iteration < operations; iteration++) traces.push(await operate(iteration));
  const stopped = await capture.stop();
  return { artifacts: await buildHeapArtifacts({ capture: stopped, traces, title: 'Loans' }), kept };
}

function keepAlive(): readonly number[] {
  return new Array(100_000).fill(1);
}

function near(actual: number, expected: number, share: number, what: string): void {
  const off = Math.abs(actual / expected - 1);
  assert.ok(off <= share, `${what}: ${actual} is not within ${share * 100} % of ${expected}`);
}

/** Bytes of the rows in a phase whose stack has the function. */
function bytesOf({ samples, nodes, frames, strings }: Profile, phase: string, name: string): number {
  let bytes = 0;
  for (let row = 0; row < samples.length; row++) {
    if (PHASES[samples.phase[row] ?? PHASES.length] !== phase) continue;
    for (let node = samples.node[row] ?? 0; node >= 0; node = nodes.parent[node] ?? -1) {
      if (strings[frames.name[nodes.frame[node] ?? 0] ?? 0] !== name) continue;
      bytes += samples.duration[row] ?? 0;
      break;
    }
  }
  return bytes;
}

test('50 MB that one phase of one operation allocates are found there, although garbage is collected all the time', async () => {
  const { artifacts } = await record({ operations: 1, unmarshal: 50 * MEGABYTE, project: MEGABYTE });
  const { profile, allocations } = artifacts;
  const inPhase = allocations.byPhase.find(({ phase }) => phase === 'unmarshal')?.bytes ?? 0;
  near(inPhase, 50 * MEGABYTE, 0.05, 'the phase');
  near(bytesOf(profile, 'unmarshal', 'allocateUnmarshalling'), 50 * MEGABYTE, 0.05, 'the function in it');
  assert.equal(bytesOf(profile, 'unmarshal', 'allocateProjecting'), 0);
  assert.equal(profile.unit, 'bytes');
});

test('Small phases of many operations are told apart, and everything adds up', async () => {
  const sizes = { operations: 200, unmarshal: 25 * LIST_BYTES, project: 8 * LIST_BYTES, interval: 1024 };
  const { artifacts } = await record(sizes);
  const { profile, allocations } = artifacts;
  near(bytesOf(profile, 'unmarshal', 'allocateUnmarshalling'), 200 * sizes.unmarshal, 0.03, 'unmarshal');
  near(bytesOf(profile, 'project', 'allocateProjecting'), 200 * sizes.project, 0.03, 'project');
  const misplaced =
    bytesOf(profile, 'unmarshal', 'allocateProjecting') +
    bytesOf(profile, 'project', 'allocateUnmarshalling');
  // A mark in 3,000 is not met, and then two neighbours are one.
  assert.ok(misplaced < 0.005 * allocations.bytes, `${misplaced} of ${allocations.bytes} bytes`);
  const rows = profile.samples.duration.reduce((sum, bytes) => sum + bytes, 0);
  assert.ok(Math.abs(rows - allocations.bytes) < 1, `${rows}`);
  const phases = allocations.byPhase.reduce((sum, { bytes }) => sum + bytes, 0);
  assert.ok(Math.abs(phases - allocations.operationBytes) < 1, `${phases}`);
  assert.equal(profile.operations.length, 200);
  assert.ok(allocations.markBytes > 0);
  assert.equal(bytesOf(profile, 'unmarshal', 'espMarkAllocation'), 0);
});

test('Of live objects only those are left that somebody still holds', async () => {
  const { artifacts, kept } = await record({
    operations: 20,
    unmarshal: MEGABYTE,
    project: MEGABYTE,
    objects: 'live',
  });
  const { profile, allocations } = artifacts;
  near(allocations.bytes, kept.length * 800_000, 0.1, 'what is live');
  assert.ok(allocations.usedAfter - allocations.usedBefore > 0.9 * kept.length * 800_000);
  const names = Array.from(profile.nodes.frame, (frame) => profile.strings[profile.frames.name[frame] ?? 0]);
  assert.ok(names.includes('keepAlive'));
  assert.deepEqual([profile.operations.length, allocations.byPhase], [0, []]);
});

test('The .heapprofile has the nodes, sizes and samples that viewers read, without the marks', async () => {
  const { artifacts } = await record({ operations: 5, unmarshal: MEGABYTE, project: MEGABYTE });
  const file = JSON.parse(artifacts.heapProfileJson);
  const ids = new Map<number, number>();
  const names: string[] = [];
  const visit = (node: {
    id: number;
    selfSize: number;
    callFrame: { functionName: string };
    children: [];
  }) => {
    ids.set(node.id, node.selfSize);
    names.push(node.callFrame.functionName);
    node.children.forEach(visit);
  };
  visit(file.head);
  const total = [...ids.values()].reduce((sum, size) => sum + size, 0);
  assert.ok(Math.abs(total - artifacts.allocations.bytes) < 1, `${total}`);
  assert.ok(file.samples.every(({ nodeId }: { nodeId: number }) => ids.has(nodeId)));
  assert.ok(names.includes('allocateProjecting'));
  assert.equal(file.$eventstoreProfiler.operations.length, 5);
});

test('A capture that is aborted rejects with the reason, leaves no marks behind, and the next one works', async () => {
  const borders = new BorderClock(systemClock);
  const abort = new AbortController();
  const options = { samplingIntervalMicros: 1000, borders };
  const collector = v8HeapCollector(systemClock);
  const capture = await collector.start({ ...options, signal: abort.signal });
  abort.abort(new Error('cancelled by the user'));
  await assert.rejects(() => capture.stop(), { message: 'cancelled by the user' });
  await using next = await collector.start(options);
  borders.monotonicMicros();
  assert.equal((await next.stop()).marks?.times.length, 1);
  void sink;
});
