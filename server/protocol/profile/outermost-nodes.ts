import { childLinks } from './child-links.ts';
import type { FrameGroups } from './frame-groups.ts';
import type { NodeTable } from './profile.ts';

/**
 * 1 for each node above which no node has a frame of the same group, 0 for the others. Adding up the totals of the
 * outermost nodes of a group counts a recursion once, be it direct or by way of other functions.
 */
export function outermostNodes({ length, parent, frame }: NodeTable, groups: FrameGroups): Uint8Array {
  const { firstChild, nextSibling } = childLinks(parent);
  const groupOf = frame.map((own) => groups.groupOf[own] ?? 0);
  const outermost = new Uint8Array(length);
  const open = new Uint32Array(groups.length); // how many nodes of each group stand on the way down

  const enter = (node: number): void => {
    const group = groupOf[node] ?? 0;
    const depth = open[group] ?? 0;
    if (depth === 0) outermost[node] = 1;
    open[group] = depth + 1;
  };
  /** Closes the node, and all above it that have no child left; returns the next one to enter, 0 at the end. */
  const leave = (left: number): number => {
    let node = left;
    while (node > 0) {
      const group = groupOf[node] ?? 0;
      open[group] = (open[group] ?? 1) - 1;
      const sibling = nextSibling[node] ?? 0;
      if (sibling > 0) return sibling;
      node = parent[node] ?? 0;
    }
    return 0;
  };

  outermost[0] = 1;
  for (let node = firstChild[0] ?? 0; node > 0; ) {
    enter(node);
    const child = firstChild[node] ?? 0;
    node = child > 0 ? child : leave(node);
  }
  return outermost;
}
