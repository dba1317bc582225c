import { counted } from '../../../protocol/figures.ts';
import { ProfileFormatError } from '../../../protocol/profile/profile-format-error.ts';
import type { CapturedStacks } from '../../captured-stacks.ts';
import { CallFrames } from '../call-frames.ts';
import type { FileCapture, ReadOptions } from '../file-capture.ts';
import { GrowingFloats } from '../growing-column.ts';
import { JsonCursor } from '../json/json-cursor.ts';
import { readNestedNodes } from '../json/nested-nodes.ts';
import { MAX_SAMPLES, tooManySamples } from '../limits.ts';
import { NO_TICKS } from '../stack-builder.ts';
import { HeapNodes } from './heap-nodes.ts';

/**
 * Reads V8's `.heapprofile`, the `HeapProfiler.SamplingHeapProfile` of the DevTools protocol: bytes by the stack that
 * allocated them. Rows are the samples in the order of their allocation; where they are missing or are not what the
 * nodes add up to, one row for each node. The sizes of the nodes are what DevTools shows, so they decide.
 */
export function readHeapProfile(bytes: Uint8Array, { name, note }: ReadOptions): FileCapture {
  const cursor = new JsonCursor(bytes);
  let heap: HeapTree | undefined;
  let samples: HeapSamples | undefined;
  cursor.object('the file');
  for (let key = cursor.key(); key !== undefined; key = cursor.key()) {
    if (key === 'head') heap = readTree(cursor);
    else if (key === 'samples' && !cursor.isNull()) samples = readSamples(cursor);
    else if (key !== 'samples') cursor.skip();
  }
  cursor.end();
  if (heap === undefined) throw cursor.missing('head');
  const rows = (samples && rowsOfSamples(heap.nodes, samples, note)) ?? rowsOfNodes(heap.nodes);
  return {
    stacks: toStacks(heap, rows),
    facts: { title: name, startedAt: '', source: 'v8-heap', unit: 'bytes' },
  };
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

interface HeapSamples {
  readonly node: GrowingFloats;
  readonly size: GrowingFloats;
  readonly ordinal: GrowingFloats;
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

/** Bytes that were allocated at nodes, in order. */
interface Rows {
  readonly node: Uint32Array;
  readonly weight: Float64Array;
}

/** Undefined where the samples are not what the nodes add up to. */
function rowsOfSamples(nodes: HeapNodes, samples: HeapSamples, note: ReadOptions['note']): Rows | undefined {
  const positions = nodes.positions();
  if (positions === undefined) return undefined;
  const { length } = samples.node;
  const positionOf = Int32Array.from(samples.node.filled(), (id) => positions.get(id));
  const left = nodes.selfSize.filled().slice();
  positionOf.forEach((position, row) => {
    if (position >= 0) left[position] = (left[position] ?? 0) - (samples.size.values[row] ?? 0);
  });
  if (left.some((bytes) => bytes !== 0)) return undefined;
  const { values } = samples.ordinal;
  const kept = Uint32Array.from({ length }, (_, row) => row)
    .filter((row) => (positionOf[row] ?? -1) >= 0)
    .sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0));
  tellLost(length - kept.length, note);
  return {
    node: kept.map((row) => positionOf[row] ?? 0),
    weight: Float64Array.from(kept, (row) => samples.size.values[row] ?? 0),
  };
}

/** V8 takes samples while it writes the tree; those are in no node. */
function tellLost(lost: number, note: ReadOptions['note']): void {
  if (lost > 0)
    note?.(`${counted(lost, 'sample')} of no node: taken while V8 wrote the profile, and left out.`);
}

function rowsOfNodes({ selfSize }: HeapNodes): Rows {
  const sizes = selfSize.filled();
  const node = Uint32Array.from(sizes.keys()).filter((at) => (sizes[at] ?? 0) > 0);
  return { node, weight: Float64Array.from(node, (at) => sizes[at] ?? 0) };
}

function toStacks({ nodes, callFrames }: HeapTree, { node, weight }: Rows): CapturedStacks {
  const time = new Float64Array(weight.length);
  let end = 0;
  weight.forEach((bytes, row) => {
    time[row] = end;
    end += bytes;
  });
  if (!Number.isFinite(end)) throw new ProfileFormatError('head', 'the sizes add up to no number');
  return {
    startMicros: 0,
    endMicros: end,
    callFrames: callFrames.list,
    nodes: {
      length: nodes.parent.length,
      parent: nodes.parent.filled(),
      frame: Uint32Array.from(nodes.frame.filled()),
    },
    samples: { length: node.length, time, node, weight },
    lineTicks: NO_TICKS,
  };
}
