import { ProfileFormatError } from '../../../protocol/profile/profile-format-error.ts';
import type { CapturedStacks } from '../../captured-stacks.ts';
import { CallFrames } from '../call-frames.ts';
import {
  type CpuProfileExtension,
  EXTENSION_KEY,
  extensionFacts,
  readExtension,
} from '../cpuprofile/cpuprofile-extension.ts';
import type { FileCapture, ReadOptions } from '../file-capture.ts';
import { GrowingFloats } from '../growing-column.ts';
import { JsonCursor } from '../json/json-cursor.ts';
import { readNestedNodes } from '../json/nested-nodes.ts';
import { MAX_SAMPLES, tooManySamples } from '../limits.ts';
import { NO_TICKS } from '../stack-builder.ts';
import { HeapNodes } from './heap-nodes.ts';
import { type HeapRows, type HeapSamples, heapRows } from './heap-rows.ts';

/**
 * Reads V8's `.heapprofile`, the `HeapProfiler.SamplingHeapProfile` of the DevTools protocol: bytes by the stack that
 * allocated them; one of ours with its phases. Rows are the samples in the order of their allocation; where there are
 * none, one row for each node. What a node's samples stand for is its size, as DevTools shows it: V8 rounds every single
 * sample to whole objects, a node only once.
 */
export function readHeapProfile(bytes: Uint8Array, { name, note }: ReadOptions): FileCapture {
  const cursor = new JsonCursor(bytes);
  let heap: HeapTree | undefined;
  let samples: HeapSamples | undefined;
  let extension: CpuProfileExtension | undefined;
  cursor.object('the file');
  for (let key = cursor.key(); key !== undefined; key = cursor.key()) {
    if (key === 'head') heap = readTree(cursor);
    else if (key === 'samples' && !cursor.isNull()) samples = readSamples(cursor);
    else if (key === EXTENSION_KEY) extension = readExtension(cursor.value());
    else if (key !== 'samples') cursor.skip();
  }
  cursor.end();
  if (heap === undefined) throw cursor.missing('head');
  const rows = heapRows(heap.nodes, samples, note);
  const stacks = toStacks(heap, rows, { hasWeights: extension === undefined });
  return { stacks, facts: { ...extensionFacts(extension, name), source: 'v8-heap', unit: 'bytes' } };
}

interface HeapTree {
  readonly nodes: HeapNodes;
  readonly callFrames: CallFrames;
}

function readTree(cursor: JsonCursor): HeapTree {
  const callFrames = new CallFrames();
  const nodes = new HeapNodes(cursor, callFrames);
  readNestedNodes(cursor, 'head', nodes);
  return { nodes, callFrames };
}

function readSamples(cursor: JsonCursor): HeapSamples {
  const column = () => new GrowingFloats(MAX_SAMPLES, tooManySamples('samples'));
  const samples = { node: column(), size: column(), ordinal: column() };
  cursor.list('samples');
  while (cursor.item()) {
    const row = samples.node.length;
    const where = () => `samples[${row}]`;
    let [node, size, ordinal] = [Number.NaN, 0, row];
    cursor.object(where);
    for (let key = cursor.key(); key !== undefined; key = cursor.key()) {
      if (key === 'nodeId') node = cursor.number(() => `${where()}.nodeId`);
      else if (key === 'size') size = cursor.number(() => `${where()}.size`);
      else if (key === 'ordinal') ordinal = cursor.number(() => `${where()}.ordinal`);
      else cursor.skip();
    }
    if (!(size >= 0)) throw new ProfileFormatError(`${where()}.size`, `a size of ${size} bytes is none`);
    samples.node.push(node);
    samples.size.push(size);
    samples.ordinal.push(ordinal);
  }
  return samples;
}

/** With operations, what a sample stands for is the way to the next one, so that phases can cut it. */
function toStacks(
  { nodes, callFrames }: HeapTree,
  { node, weight }: HeapRows,
  { hasWeights }: { readonly hasWeights: boolean },
): CapturedStacks {
  const time = new Float64Array(weight.length);
  let end = 0;
  weight.forEach((bytes, row) => {
    time[row] = end;
    end += bytes;
  });
  if (!(end <= Number.MAX_SAFE_INTEGER)) {
    throw new ProfileFormatError('head', `the sizes add up to ${end} bytes, which is no memory`);
  }
  return {
    startMicros: 0,
    endMicros: end,
    callFrames: callFrames.list,
    nodes: {
      length: nodes.parent.length,
      parent: nodes.parent.filled(),
      frame: Uint32Array.from(nodes.frame.filled()),
    },
    samples: { length: node.length, time, node, ...(hasWeights ? { weight } : {}) },
    lineTicks: NO_TICKS,
  };
}
