import type { FrameGroups } from './frame-groups.ts';
import type { NodeTable } from './profile.ts';

/** For each node the first frame of its frame's group, which stands for the group. */
export function framesOfNodes({ frame }: NodeTable, { groupOf, first }: FrameGroups): Uint32Array {
  return frame.map((own) => first[groupOf[own] ?? 0] ?? 0);
}
