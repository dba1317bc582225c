import { arrangeBoxes } from './arrange-boxes.ts';
import { BoxBuilder } from './box-builder.ts';
import type { CallTree } from './call-tree.ts';
import { groupFrames } from './frame-groups.ts';
import { framesOfNodes } from './frames-of-nodes.ts';
import { nodeTimes } from './node-times.ts';
import { PairTable } from './pair-table.ts';
import type { Profile } from './profile.ts';

/**
 * What a function calls, wherever it was called from: root → the function → what it calls … `group` is an index into
 * `groups`. Of a recursion the outermost call is the function's box, the inner ones stand below it. Throws
 * `PictureTooLargeError` above 8 million boxes.
 */
export function calleesOf(
  profile: Profile,
  group: number,
  groups = groupFrames(profile, 'frame'),
): CallTree<'callees'> {
  const { nodes } = profile;
  const times = nodeTimes(profile);
  const frame = framesOfNodes(nodes, groups);
  const wanted = groups.first[group] ?? -1;
  const boxes = new BoxBuilder();
  const boxOf = new Int32Array(nodes.length);
  const known = new PairTable();
  for (let node = 1; node < nodes.length; node++) {
    const above = boxOf[nodes.parent[node] ?? 0] ?? 0;
    const own = frame[node] ?? 0;
    // Without time at and below it there is nothing to draw.
    if ((above === 0 && own !== wanted) || times.countTotal[node] === 0) continue;
    const box = known.getOrSet(above, own, boxes.length);
    if (box === boxes.length) boxes.addFrame(above, own);
    boxes.bookNode(box, times, node);
    boxOf[node] = box;
  }
  return arrangeBoxes(boxes, 'callees');
}
