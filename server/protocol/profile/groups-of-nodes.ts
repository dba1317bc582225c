import type { FrameGroups } from './frame-groups.ts';
import { outermostNodes } from './outermost-nodes.ts';
import type { NodeTable } from './profile.ts';

/** For each node the group of its frame; its complement (`~`) where the group stands above the node already. */
export function groupsOfNodes(nodes: NodeTable, frameGroups: FrameGroups): Int32Array {
  const outermost = outermostNodes(nodes, frameGroups);
  const groupOf = new Int32Array(nodes.length);
  for (let node = 0; node < nodes.length; node++) {
    const group = frameGroups.groupOf[nodes.frame[node] ?? 0] ?? 0;
    groupOf[node] = outermost[node] === 1 ? group : ~group;
  }
  return groupOf;
}
