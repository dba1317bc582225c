import { ProfileFormatError } from '../../../protocol/profile/profile-format-error.ts';
import { expectList, expectNumber, type Json } from './json-checks.ts';

/** The nodes of a `.cpuprofile` put into an order in which parents stand before their children. */
export interface OrderedNodes {
  /** Position in the file of the node at each index. Level by level, so that siblings stand side by side. */
  readonly order: Int32Array;
  /** Index of the parent of the node at each index; -1 for the root, which is at index 0. */
  readonly parent: Int32Array;
  /** Index by the id that the file gives. */
  readonly indexById: ReadonlyMap<number, number>;
}

/** Finds the tree in nodes that name their children, their parent, or both. Refuses what is not one tree. */
export function orderNodes(nodes: readonly Json[]): OrderedNodes {
  const positionById = positions(nodes);
  const parents = parentPositions(nodes, positionById);
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
  const indexById = new Map<number, number>();
  for (const [id, position] of positionById) indexById.set(id, indexByPosition[position] ?? 0);
  return { order, parent, indexById };
}

function positions(nodes: readonly Json[]): Map<number, number> {
  const byId = new Map<number, number>();
  nodes.forEach((node, at) => {
    const id = expectNumber(() => `profile.nodes[${at}].id`, node['id']);
    if (byId.has(id)) throw new ProfileFormatError(`profile.nodes[${at}].id`, `${id} is taken already`);
    byId.set(id, at);
  });
  return byId;
}

function parentPositions(nodes: readonly Json[], byId: ReadonlyMap<number, number>): Int32Array {
  const parents = new Int32Array(nodes.length).fill(-1);
  const adopt = (where: () => string, child: number, parent: number) => {
    const known = parents[child];
    if (known !== -1 && known !== parent) {
      throw new ProfileFormatError(where(), 'the node stands under two parents');
    }
    parents[child] = parent;
  };
  const find = (where: () => string, id: unknown): number => {
    const position = byId.get(expectNumber(where, id));
    if (position === undefined) throw new ProfileFormatError(where(), `there is no node ${String(id)}`);
    return position;
  };
  nodes.forEach((node, at) => {
    const { children, parent } = node;
    if (parent !== undefined && parent !== null) {
      const where = () => `profile.nodes[${at}].parent`;
      adopt(where, at, find(where, parent));
    }
    if (children === undefined || children === null) return;
    const where = () => `profile.nodes[${at}].children`;
    for (const child of expectList(where, children)) adopt(where, find(where, child), at);
  });
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

/** The children of position p are list[first[p]] to list[first[p + 1] - 1], in the order of the file. */
function childPositions(parents: Int32Array): { first: Int32Array; list: Int32Array } {
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
