import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allocationLines } from '../../server/cli/allocation-report.ts';
import { createOperationRecorder } from '../../server/handling/recording/operation-recorder.ts';
import { systemClock } from '../../server/lib/clock.ts';
import { BorderClock } from '../../server/profiling/capture/border-clock.ts';
import { v8HeapCollector } from '../../server/profiling/capture/v8-heap-collector.ts';
import { buildHeapArtifacts } from '../../server/profiling/heap/heap-artifacts.ts';
import type { AllocationReport } from '../../server/protocol/allocation-report.ts';
import { outsideHeapLines } from '../../server/protocol/outside-heap-lines.ts';
import { runFactsOf } from '../../webview/flame/run-facts.ts';

const MEGABYTES = 64;
const BYTES = MEGABYTES * 2 ** 20;

/** Operations that hold as much in a Buffer, from a border to the one after the next. */
async function recordBuffers(keep: Buffer[] | undefined) {
  const borders = new BorderClock(systemClock);
  const recorder = createOperationRecorder(borders);
  await using capture = await v8HeapCollector(systemClock).start({
    samplingIntervalMicros: 1_000,
    samplingIntervalBytes: 8_192,
    borders,
  });
  const trace = await recorder.record({ handler: 'Buffers', kind: 'query', iteration: 0 }, async () => {
    const made = recorder.phase('unmarshal', () => Buffer.alloc(BYTES, 1));
    const until = performance.now() + 10;
    while (performance.now() < until);
    recorder.phase('project', () => made.length);
    keep?.push(made);
    return { outcome: 'answered' } as const;
  });
  const stopped = await capture.stop();
  return (await buildHeapArtifacts({ capture: stopped, traces: [trace], title: 'Buffers' })).allocations;
}

test('Buffers that are let go of are seen while they are there, and not in the samples', async () => {
  const allocations = await recordBuffers(undefined);
  const { outside } = allocations;
  assert.ok(outside);
  assert.ok(outside.peak - outside.before.external >= BYTES, JSON.stringify(outside));
  assert.ok(outside.peak - outside.before.external < 1.2 * BYTES, JSON.stringify(outside));
  assert.ok(outside.after.external - outside.before.external < 0.1 * BYTES, JSON.stringify(outside));
  assert.ok(allocations.bytes < 0.1 * BYTES, `${allocations.bytes}`);
});

test('Buffers that are kept are there after the operations too', async () => {
  const kept: Buffer[] = [];
  const { outside } = await recordBuffers(kept);
  assert.ok(outside);
  const grown = outside.after.arrayBuffers - outside.before.arrayBuffers;
  assert.ok(grown >= BYTES && grown < 1.1 * BYTES, JSON.stringify(outside));
  assert.equal(kept.length, 1);
});

const outside = {
  before: { external: 3_000_000, arrayBuffers: 10_000 },
  after: { external: 4_000_000, arrayBuffers: 1_010_000 },
  peak: 70_000_000,
};

const KNOWN =
  'outside the heap: 3.00 MB (10.0 kB of Buffers) before, 4.00 MB (1.01 MB of Buffers) after, up to 70.0 MB seen at borders of phases; what came and went between two of them was not seen, and Buffers, ArrayBuffers and native memory are not in the picture';

test('Bytes outside of the heap are told with a hint where they are many beside the sampled ones', () => {
  assert.deepEqual(outsideHeapLines(outside, 500_000_000), [
    KNOWN,
    'Look there too: up to 67.0 MB more than before were seen outside the heap at borders of phases, beside 500 MB in the picture.',
  ]);
  assert.deepEqual(outsideHeapLines(outside, 1_000_000_000), [KNOWN]);
  assert.equal(outsideHeapLines({ ...outside, peak: 3_900_000 }, 1_000).length, 1);
});

test('The report and the page tell the same of them, and nothing of results that are older', () => {
  const allocations = {
    objects: 'allocated',
    bytes: 1_000_000,
    operationBytes: 900_000,
    byPhase: [],
    samplingIntervalBytes: 512,
    markBytes: 0,
    usedBefore: 1,
    usedAfter: 2,
  } satisfies AllocationReport;
  const lines = outsideHeapLines(outside, allocations.bytes);
  assert.deepEqual(allocationLines({ ...allocations, outside }, 1).slice(2), lines);
  assert.deepEqual(runFactsOf({ allocations: { ...allocations, outside } }).outsideHeap, lines);
  assert.equal(allocationLines(allocations, 1).length, 2);
  assert.equal(runFactsOf({ allocations }).outsideHeap, undefined);
});
