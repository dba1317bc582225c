import { counted } from '../../../protocol/figures.ts';
import type { ReadOptions } from '../file-capture.ts';
import type { GrowingFloats } from '../growing-column.ts';
import type { HeapNodes } from './heap-nodes.ts';

/** The samples as they stand in the file. */
export interface HeapSamples {
  /** Id of the node. */
  readonly node: GrowingFloats;
  readonly size: GrowingFloats;
  readonly ordinal: GrowingFloats;
}

/** Bytes that were allocated at nodes, in order. */
export interface HeapRows {
  readonly node: Uint32Array;
  readonly weight: Float64Array;
}

/** The samples in the order of their allocation, then the nodes of which there is no sample; both add up to the nodes. */
export function heapRows(
  nodes: HeapNodes,
  samples: HeapSamples | undefined,
  note: ReadOptions['note'],
): HeapRows {
  const sizes = nodes.selfSize.filled();
  const positions = samples && nodes.positions();
  if (samples === undefined || positions === undefined) return rowsOfNodes(sizes);
  const positionOf = Int32Array.from(samples.node.filled(), (id) => positions.get(id));
  const { values: ordinals } = samples.ordinal;
  const order = Uint32Array.from({ length: positionOf.length }, (_, row) => row)
    .filter((row) => (positionOf[row] ?? -1) >= 0)
    .sort((a, b) => (ordinals[a] ?? 0) - (ordinals[b] ?? 0));
  tellLost(positionOf.length - order.length, note);
  const node = order.map((row) => positionOf[row] ?? 0);
  const size = Float64Array.from(order, (row) => samples.size.values[row] ?? 0);
  const told = sumsByNode(node, size, sizes.length);
  const weight = size.map((bytes, row) => {
    const at = node[row] ?? 0;
    return told[at] === sizes[at] ? bytes : (bytes / (told[at] || 1)) * (sizes[at] ?? 0);
  });
  const rest = rowsOfNodes(sizes.map((bytes, at) => (told[at] === 0 ? bytes : 0)));
  return joined({ node, weight }, rest);
}

function joined(one: HeapRows, other: HeapRows): HeapRows {
  const length = one.node.length + other.node.length;
  const rows = { node: new Uint32Array(length), weight: new Float64Array(length) };
  rows.node.set(one.node);
  rows.node.set(other.node, one.node.length);
  rows.weight.set(one.weight);
  rows.weight.set(other.weight, one.weight.length);
  return rows;
}

/** V8 takes samples while it writes the tree; those are in no node. */
function tellLost(lost: number, note: ReadOptions['note']): void {
  if (lost > 0)
    note?.(`${counted(lost, 'sample')} of no node: taken while V8 wrote the profile, and left out.`);
}

function sumsByNode(node: Uint32Array, size: Float64Array, length: number): Float64Array {
  const sums = new Float64Array(length);
  node.forEach((at, row) => {
    sums[at] = (sums[at] ?? 0) + (size[row] ?? 0);
  });
  return sums;
}

function rowsOfNodes(sizes: Float64Array): HeapRows {
  const node = Uint32Array.from(sizes.keys()).filter((at) => (sizes[at] ?? 0) > 0);
  return { node, weight: Float64Array.from(node, (at) => sizes[at] ?? 0) };
}
