import { ProfileFormatError } from '../../../protocol/profile/profile-format-error.ts';
import { IdIndex } from './id-index.ts';
import type { NodeColumns } from './node-columns.ts';

/** The nodes of a `.cpuprofile` put into an order in which parents stand before their children. */
export interface OrderedNodes {
  /** Position in the file of the node at each index. Level by level, so that siblings stand side by side. */
  readonly order: Int32Array;
  /** Index of the parent of the node at each index; -1 for the root, which is at index 0. */
  readonly parent: Int32Array;
  /** Position in the file by the id that the file gives. */
  readonly positions: IdIndex;
  /** Index of the node at each position in the file. */
  readonly indexByPosition: Int32Array;
}

/** Finds the tree in nodes that name their children, their parent, or both. Refuses what is not one tree. */
export function orderNodes(nodes: NodeColumns): OrderedNodes {
  const positions = new IdIndex(nodes.id.filled());
  const parents = parentPositions(nodes, positions);
  const root = onlyRoot(parents);
  const { first, list } = childPositions(parents);

  const order = new Int32Array(nodes.length);
  const parent = new Int32Array(nodes.length);
  const indexByPosition = new Int32Array(nodes.length);
  let placed = 0;
  const place = (position: number, above: number) => {
    parent[placed] = above;
    indexByPosition[position] = placed;
    order[placed++] = position;
  };
  if (nodes.length > 0) place(root, -1);
  for (let index = 0; index < placed; index++) {
    const position = order[index] ?? 0;
    for (let at = first[position] ?? 0; at < (first[position + 1] ?? 0); at++) place(list[at] ?? 0, index);
  }
  // Every node has one parent, so what was not reached stands in a circle.
  if (placed < nodes.length) {
    throw new ProfileFormatError('profile.nodes', `${nodes.length - placed} nodes stand in a circle`);
  }
  return { order, parent, positions, indexByPosition };
}

function parentPositions(nodes: NodeColumns, positions: IdIndex): Int32Array {
  const parents = new Int32Array(nodes.length).fill(-1);
  const find = (id: number, where: () => string): number => {
    const position = positions.get(id);
    if (position === -1) throw new ProfileFormatError(where(), `there is no node ${id}`);
    return position;
  };
  for (let at = 0; at < nodes.length; at++) {
    const id = nodes.parent.values[at] ?? Number.NaN;
    if (!Number.isNaN(id)) parents[at] = find(id, () => `profile.nodes[${at}].parent`);
  }
  for (let at = 0; at < nodes.childOf.length; at++) {
    const parent = nodes.childOf.values[at] ?? 0;
    const where = () => `profile.nodes[${parent}].children`;
    const child = find(nodes.childId.values[at] ?? 0, where);
    const known = parents[child];
    if (known !== -1 && known !== parent) {
      throw new ProfileFormatError(where(), 'the node stands under two parents');
    }
    parents[child] = parent;
  }
  return parents;
}

function onlyRoot(parents: Int32Array): number {
  const root = parents.indexOf(-1);
  if (root === -1 && parents.length > 0) throw new ProfileFormatError('profile.nodes', 'no node is the root');
  const second = parents.indexOf(-1, root + 1);
  if (root !== -1 && second !== -1) {
    throw new ProfileFormatError(
      `profile.nodes[${second}]`,
      `it stands under no node, as nodes[${root}] does`,
    );
  }
  return root;
}

interface Children {
  /** The children of the node at position p are list[first[p]] to list[first[p + 1] - 1]. */
  readonly first: Int32Array;
  readonly list: Int32Array;
}

function childPositions(parents: Int32Array): Children {
  const first = new Int32Array(parents.length + 1);
  for (const parent of parents) if (parent >= 0) first[parent + 1] = (first[parent + 1] ?? 0) + 1;
  for (let at = 1; at < first.length; at++) first[at] = (first[at] ?? 0) + (first[at - 1] ?? 0);
  const next = first.slice();
  const list = new Int32Array(parents.length);
  parents.forEach((parent, child) => {
    if (parent < 0) return;
    const at = next[parent] ?? 0;
    list[at] = child;
    next[parent] = at + 1;
  });
  return { first, list };
}
