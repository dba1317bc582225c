import { arrangeBoxes } from './arrange-boxes.ts';
import { BoxBuilder, type OwnTimes } from './box-builder.ts';
import type { CallTree } from './call-tree.ts';
import { type FrameGroups, groupFrames } from './frame-groups.ts';
import { framesOfNodes } from './frames-of-nodes.ts';
import { invertStacks } from './invert-stacks.ts';
import { type NodeTimes, nodeTimes } from './node-times.ts';
import type { Profile } from './profile.ts';

export interface InvertedTreeOptions {
  /**
   * Boxes below this share of the whole (0 to 1) are left out, their time is self time of the box above. 0 keeps all:
   * as many boxes as all stacks together have frames, at worst.
   */
  readonly leastShare?: number;
  /** Default: every frame on its own. */
  readonly groups?: FrameGroups;
}

/** A pixel of a wide screen is about that much. */
export const LEAST_SHARE = 1 / 4096;

/**
 * The functions by self time, below each of them who called it, and so on: root → function → caller → its caller.
 * A box's total is the time that its first function took itself while called that way. Time without a sample is a box
 * `unsampled`. Throws `PictureTooLargeError` above 8 million boxes.
 */
export function invertedTree(profile: Profile, options: InvertedTreeOptions = {}): CallTree<'inverted'> {
  const { leastShare = LEAST_SHARE, groups = groupFrames(profile, 'frame') } = options;
  const times = nodeTimes(profile);
  const boxes = new BoxBuilder();
  boxes.bookNode(0, times, 0);
  bookUnsampled(boxes, times);
  const stacks = {
    ends: nodesWithTime(times),
    times,
    parent: profile.nodes.parent,
    frame: framesOfNodes(profile.nodes, groups),
    frames: profile.frames.length,
  };
  invertStacks(stacks, boxes, leastShare * ((times.total[0] ?? 0) + times.unsampled));
  return arrangeBoxes(boxes, 'inverted');
}

/** Time without a sample is a box of its own. */
function bookUnsampled(boxes: BoxBuilder, { unsampled, unsampledPhase: phase }: NodeTimes): void {
  if (phase === undefined) return;
  boxes.bookSum(boxes.add(0, 'unsampled', 0), { micros: unsampled, count: 0, phase });
}

export function nodesWithTime({ count }: OwnTimes): Uint32Array {
  const found = new Uint32Array(count.length);
  let length = 0;
  for (let node = 1; node < count.length; node++) if ((count[node] ?? 0) > 0) found[length++] = node;
  return found.slice(0, length);
}
