import fc from 'fast-check';
import { NO_PHASE } from '../../server/protocol/phase.ts';
import { BOX_KINDS, type CallTree } from '../../server/protocol/profile/call-tree.ts';

/** A box in shares: how deep below the box before it, how far from its left neighbour, how wide. */
interface Step {
  readonly depth: number;
  readonly gap: number;
  readonly width: number;
}

const steps: fc.Arbitrary<Step> = fc.record({
  depth: fc.double({ min: 0, max: 1, noNaN: true }),
  gap: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 0.01, noNaN: true })),
  width: fc.oneof(
    fc.double({ min: 1e-9, max: 1e-4, noNaN: true }),
    fc.double({ min: 1e-3, max: 0.4, noNaN: true }),
    fc.constant(1),
  ),
});

/** Call trees of every shape: wide, deep, with gaps, with boxes far too narrow to draw. */
export const callTrees: fc.Arbitrary<CallTree> = fc
  .record({
    boxes: fc.array(steps, { maxLength: 200 }),
    total: fc.double({ min: 1, max: 1e9, noNaN: true }),
  })
  .map(({ boxes, total }) => toTree(boxes, total));

/** A tree of frames from rows of `[depth, start, total]` in preorder; the first is the root. */
export function treeOf(boxes: readonly (readonly [depth: number, start: number, total: number])[]): CallTree {
  const { length } = boxes;
  const parent = new Int32Array(length).fill(-1);
  const lastAt: number[] = [];
  boxes.forEach(([depth], box) => {
    parent[box] = depth === 0 ? -1 : (lastAt[depth - 1] ?? 0);
    lastAt[depth] = box;
  });
  const kind = new Uint8Array(length).fill(BOX_KINDS.indexOf('frame'));
  kind[0] = BOX_KINDS.indexOf('root');
  return {
    view: 'left-heavy',
    length,
    maxDepth: Math.max(0, ...boxes.map(([depth]) => depth)),
    parent,
    depth: Uint16Array.from(boxes, ([depth]) => depth),
    kind,
    subject: new Uint32Array(length),
    phase: new Uint8Array(length).fill(NO_PHASE),
    start: Float64Array.from(boxes, ([, start]) => start),
    total: Float64Array.from(boxes, ([, , total]) => total),
    self: new Float64Array(length),
    count: new Uint32Array(length).fill(1),
  };
}

function toTree(steps: readonly Step[], total: number): CallTree {
  const boxes: [depth: number, start: number, total: number][] = [[0, 0, total]];
  /** Ends of the boxes on the way down, and where the next box below each may begin. */
  const open = [{ end: total, free: 0 }];
  for (const step of steps) {
    const depth = 1 + Math.min(open.length - 1, Math.floor(step.depth * open.length));
    open.length = depth;
    const above = open[depth - 1];
    if (above === undefined) continue;
    const room = above.end - above.free;
    const start = above.free + step.gap * room;
    const width = Math.min(step.width * room, above.end - start);
    if (!(width > 0)) continue;
    above.free = start + width;
    open.push({ end: start + width, free: start });
    boxes.push([depth, start, width]);
  }
  return treeOf(boxes);
}
