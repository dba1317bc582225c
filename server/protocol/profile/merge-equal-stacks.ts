import type { FrameGroups } from './frame-groups.ts';
import { framesOfNodes } from './frames-of-nodes.ts';
import { PairTable } from './pair-table.ts';
import type { NodeTable } from './profile.ts';
import { sharedStacks } from './shared-stacks.ts';

export interface MergedStacks {
  /** One node for each stack, parents before their children, in the order in which the stacks first occur. */
  readonly nodes: NodeTable;
  /** For each node that was given its node in here. */
  readonly nodeOf: Uint32Array;
}

/**
 * Merges nodes with the same frames from the root down. With groups of frames, stacks are the same when their frames
 * are of the same groups: functions regardless of the line, files, packages …; a merged node then has the first
 * frame of its group.
 */
export function mergeEqualStacks(given: NodeTable, groups?: FrameGroups): MergedStacks {
  const own = groups === undefined ? given.frame : framesOfNodes(given, groups);
  const shared = sharedStacks(given.parent, own);
  const nodeOf = new Uint32Array(given.length);
  const parent = new Int32Array(given.length);
  const frame = new Uint32Array(given.length);
  parent[0] = -1;
  frame[0] = own[0] ?? 0;
  const known = new PairTable();
  let length = 1;
  for (let node = 1; node < given.length; node++) {
    const above = nodeOf[given.parent[node] ?? 0] ?? 0;
    const equal = own[node] ?? 0;
    const merged = shared[node] === 1 ? known.getOrSet(above, equal, length) : length;
    if (merged === length) {
      parent[length] = above;
      frame[length++] = equal;
    }
    nodeOf[node] = merged;
  }
  return { nodes: { length, parent: parent.subarray(0, length), frame: frame.subarray(0, length) }, nodeOf };
}
