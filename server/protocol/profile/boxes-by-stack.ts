import { NO_PHASE } from '../phase.ts';
import { BoxBuilder } from './box-builder.ts';
import { PairTable } from './pair-table.ts';
import type { NodeTable, Profile } from './profile.ts';

/** Equal stacks merged under the root. */
export function boxesByStack(profile: Profile): BoxBuilder {
  const boxes = new BoxBuilder();
  addStacks(profile, boxes, { groupOfRow: new Int32Array(profile.samples.length), boxOfGroup: [0] });
  return boxes;
}

/** Equal stacks merged under root → handler → phase. */
export function boxesByPhase(profile: Profile): BoxBuilder {
  const boxes = new BoxBuilder();
  addStacks(profile, boxes, groupByPhase(profile, boxes));
  return boxes;
}

/** Which rows belong together, and the box under which the stacks of each group stand. */
interface Groups {
  readonly groupOfRow: Int32Array;
  readonly boxOfGroup: readonly number[];
}

function groupByPhase({ samples, operations }: Profile, boxes: BoxBuilder): Groups {
  const groupOfRow = new Int32Array(samples.length);
  const boxOfGroup: number[] = [];
  const handlers = new Map<number, number>();
  const groups = new Map<string, number>();
  const groupOf = (operation: number, phase: number): number => {
    const handler = operation < 0 ? undefined : (operations.handler[operation] ?? 0);
    const key = handler === undefined ? 'outside' : `${handler} ${phase}`;
    const known = groups.get(key);
    if (known !== undefined) return known;
    groups.set(key, boxOfGroup.length);
    return boxOfGroup.push(addGroup(boxes, handlers, handler, phase)) - 1;
  };
  let group = -1;
  for (let row = 0; row < samples.length; row++) {
    const operation = samples.operation[row] ?? -1;
    const phase = samples.phase[row] ?? NO_PHASE;
    // Neighbouring rows mostly belong to one stretch of one phase.
    const isSame = row > 0 && operation === samples.operation[row - 1] && phase === samples.phase[row - 1];
    if (!isSame) group = groupOf(operation, phase);
    groupOfRow[row] = group;
  }
  return { groupOfRow, boxOfGroup };
}

function addGroup(
  boxes: BoxBuilder,
  handlers: Map<number, number>,
  handler: number | undefined,
  phase: number,
): number {
  if (handler === undefined) return boxes.add(0, 'outside', 0);
  const above = handlers.get(handler) ?? boxes.add(0, 'handler', handler);
  handlers.set(handler, above);
  return phase === NO_PHASE ? boxes.add(above, 'unattributed', 0) : boxes.add(above, 'phase', phase);
}

/** Books every row in the box of its stack, group after group, so that the boxes of nodes fit into one column. */
function addStacks({ samples, nodes }: Profile, boxes: BoxBuilder, groups: Groups): void {
  const merged = mergeEqualStacks(nodes);
  const boxOfNode = new Int32Array(nodes.length);
  const groupOfNode = new Int32Array(nodes.length).fill(-1);
  const path: number[] = [];

  const boxOf = (node: number, group: number): number => {
    let at = node;
    while (at > 0 && groupOfNode[at] !== group) {
      path.push(at);
      at = merged.parent[at] ?? 0;
    }
    let box = at > 0 ? (boxOfNode[at] ?? 0) : (groups.boxOfGroup[group] ?? 0);
    for (let below = path.pop(); below !== undefined; below = path.pop()) {
      box = boxes.add(box, 'frame', nodes.frame[below] ?? 0);
      boxOfNode[below] = box;
      groupOfNode[below] = group;
    }
    return box;
  };

  const unsampled = new Map<number, number>();
  const unsampledOf = (group: number): number => {
    const box = unsampled.get(group) ?? boxes.add(groups.boxOfGroup[group] ?? 0, 'unsampled', 0);
    unsampled.set(group, box);
    return box;
  };

  for (const row of rowsByGroup(groups)) {
    const group = groups.groupOfRow[row] ?? 0;
    const isSampled = samples.captured[row] === 1;
    const box = isSampled ? boxOf(merged.first[samples.node[row] ?? 0] ?? 0, group) : unsampledOf(group);
    boxes.book(box, samples, row);
  }
}

/** A counting sort: rows of a group stay in the order of time. */
function rowsByGroup({ groupOfRow, boxOfGroup }: Groups): Int32Array {
  const next = new Int32Array(boxOfGroup.length + 1);
  for (const group of groupOfRow) next[group + 1] = (next[group + 1] ?? 0) + 1;
  for (let group = 1; group < next.length; group++) next[group] = (next[group] ?? 0) + (next[group - 1] ?? 0);
  const rows = new Int32Array(groupOfRow.length);
  for (let row = 0; row < rows.length; row++) {
    const group = groupOfRow[row] ?? 0;
    const place = next[group] ?? 0;
    rows[place] = row;
    next[group] = place + 1;
  }
  return rows;
}

interface MergedNodes {
  /** For each node the first one with the same frames from the root down. */
  readonly first: Int32Array;
  /** Parent among those first nodes. */
  readonly parent: Int32Array;
}

function mergeEqualStacks(nodes: NodeTable): MergedNodes {
  const first = new Int32Array(nodes.length);
  const parent = new Int32Array(nodes.length).fill(-1);
  const known = new PairTable();
  for (let node = 1; node < nodes.length; node++) {
    const above = first[nodes.parent[node] ?? 0] ?? 0;
    const frame = nodes.frame[node] ?? 0;
    let equal = known.get(above, frame);
    if (equal === -1) {
      known.set(above, frame, node);
      equal = node;
    }
    first[node] = equal;
    parent[node] = above;
  }
  return { first, parent };
}
