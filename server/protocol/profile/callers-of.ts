import { NO_PHASE } from '../phase.ts';
import { arrangeBoxes } from './arrange-boxes.ts';
import { BoxBuilder, type OwnTimes } from './box-builder.ts';
import type { CallTree } from './call-tree.ts';
import { groupFrames } from './frame-groups.ts';
import { framesOfNodes } from './frames-of-nodes.ts';
import { invertStacks } from './invert-stacks.ts';
import { type InvertedTreeOptions, LEAST_SHARE, nodesWithTime } from './inverted-tree.ts';
import { nodeTimes } from './node-times.ts';
import type { Profile } from './profile.ts';

/**
 * Who called a function, and who called those: root → the function → its callers. `group` is an index into
 * `options.groups` (by default a frame). A box's total is what was spent in the function and below it while called
 * that way; of a recursion the outermost call counts. `leastShare` is one of the function's total.
 */
export function callersOf(
  profile: Profile,
  group: number,
  options: InvertedTreeOptions = {},
): CallTree<'callers'> {
  const { leastShare = LEAST_SHARE, groups = groupFrames(profile, 'frame') } = options;
  const { nodes, frames } = profile;
  const frame = framesOfNodes(nodes, groups);
  const times = timesOfCalls(
    nodeTimes(profile),
    outermostCalls(nodes.parent, frame, groups.first[group] ?? -1),
  );
  const ends = nodesWithTime(times);
  const total = ends.reduce((sum, node) => sum + (times.self[node] ?? 0), 0);
  const boxes = new BoxBuilder();
  const stacks = { ends, times, parent: nodes.parent, frame, frames: frames.length };
  invertStacks(stacks, boxes, leastShare * total);
  return arrangeBoxes(boxes, 'callers');
}

/** For each node the one at or above it at which the function was entered for the first time; 0 where it was not. */
function outermostCalls(parent: Int32Array, frame: Uint32Array, wanted: number): Uint32Array {
  const callOf = new Uint32Array(parent.length);
  for (let node = 1; node < parent.length; node++) {
    const above = callOf[parent[node] ?? 0] ?? 0;
    callOf[node] = above === 0 && frame[node] === wanted ? node : above;
  }
  return callOf;
}

/** What was spent at and below the node of each call, booked on that node. */
function timesOfCalls(own: OwnTimes, callOf: Uint32Array): OwnTimes {
  const length = callOf.length;
  const times = {
    self: new Float64Array(length),
    count: new Uint32Array(length),
    phase: new Uint8Array(length),
  };
  for (let node = 1; node < length; node++) {
    const call = callOf[node] ?? 0;
    const count = own.count[node] ?? 0;
    if (call === 0 || count === 0) continue;
    const phase = own.phase[node] ?? NO_PHASE;
    times.phase[call] = times.count[call] === 0 || times.phase[call] === phase ? phase : NO_PHASE;
    times.count[call] = (times.count[call] ?? 0) + count;
    times.self[call] = (times.self[call] ?? 0) + (own.self[node] ?? 0);
  }
  return times;
}
