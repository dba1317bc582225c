import { NO_PHASE } from '../phase.ts';
import { BoxBuilder } from './box-builder.ts';
import { grown } from './grown.ts';
import { COUNT, NodeTally, SELF, SUMS } from './node-tally.ts';
import { type NodeTimes, nodeTimes } from './node-times.ts';
import { PairTable } from './pair-table.ts';
import type { Profile } from './profile.ts';
import { groupByHandlerAndPhase, type PhaseGroups, runsByGroup } from './row-groups.ts';
import { sharedStacks } from './shared-stacks.ts';

/** Equal stacks merged under the root. */
export function boxesByStack(profile: Profile): BoxBuilder {
  const boxes = new BoxBuilder(profile.nodes.length + 2);
  const times = nodeTimes(profile);
  const stacks = new Stacks(profile, boxes);
  stacks.begin(0);
  boxes.bookNode(0, times, 0);
  for (let node = 1; node < profile.nodes.length; node++) {
    if ((times.countTotal[node] ?? 0) > 0) boxes.bookNode(stacks.add(node), times, node);
  }
  bookUnsampled(boxes, times);
  return boxes;
}

/** Time without a sample is a box of its own. */
export function bookUnsampled(boxes: BoxBuilder, { unsampled, unsampledPhase: phase }: NodeTimes): void {
  if (phase === undefined) return;
  boxes.bookSum(boxes.add(0, 'unsampled', 0), { micros: unsampled, count: 0, phase });
}

/** Equal stacks merged under root → handler → phase. */
export function boxesByPhase(profile: Profile): BoxBuilder {
  const groups = groupByHandlerAndPhase(profile);
  // Most nodes are in one phase of one handler.
  const boxes = new BoxBuilder(Math.ceil(profile.nodes.length * 1.25) + 2 * groups.length);
  const boxOfGroup = boxesOfGroups(groups, boxes);
  const { runs, first } = runsByGroup(groups);
  const tally = new NodeTally(profile);
  const stacks = new Stacks(profile, boxes);
  for (let group = 0; group < groups.length; group++) {
    for (let at = first[group] ?? 0; at < (first[group + 1] ?? 0); at++) {
      const run = runs[at] ?? 0;
      tally.book(groups.startOfRun[run] ?? 0, groups.startOfRun[run + 1] ?? 0);
    }
    stacks.begin(boxOfGroup[group] ?? 0);
    stacks.addAll(tally, groups.phase[group] ?? NO_PHASE);
  }
  return boxes;
}

/** The box under which the stacks of each group stand. */
function boxesOfGroups({ handler: handlers, phase: phases }: PhaseGroups, boxes: BoxBuilder): number[] {
  const boxOfHandler = new Map<number, number>();
  return handlers.map((handler, group) => {
    if (handler < 0) return boxes.add(0, 'outside', 0);
    const above = boxOfHandler.get(handler) ?? boxes.add(0, 'handler', handler);
    boxOfHandler.set(handler, above);
    const phase = phases[group] ?? NO_PHASE;
    return phase === NO_PHASE ? boxes.add(above, 'unattributed', 0) : boxes.add(above, 'phase', phase);
  });
}

/** Makes the boxes of nodes: one for each stack below the box that was begun with. */
class Stacks {
  readonly #profile: Profile;
  readonly #boxes: BoxBuilder;
  readonly #known: PairTable;
  /** 1 for nodes whose stack may have a box already. */
  readonly #shared: Uint8Array;
  /** Of the nodes that were added since `begin`; what it holds of others is not looked at. */
  readonly #boxOf: Int32Array;
  #nodes: Int32Array = new Int32Array(1024);

  constructor(profile: Profile, boxes: BoxBuilder) {
    this.#profile = profile;
    this.#boxes = boxes;
    this.#shared = sharedStacks(profile.nodes.parent, profile.nodes.frame);
    this.#known = new PairTable(this.#shared.reduce((sum, shared) => sum + shared, 0));
    this.#boxOf = new Int32Array(profile.nodes.length);
  }

  begin(top: number): void {
    this.#boxOf[0] = top;
  }

  /** The box of a node whose parent was added before. */
  add(node: number): number {
    const { parent, frame } = this.#profile.nodes;
    const above = this.#boxOf[parent[node] ?? 0] ?? 0;
    const own = frame[node] ?? 0;
    const next = this.#boxes.length;
    const box = this.#shared[node] === 1 ? this.#known.getOrSet(above, own, next) : next;
    if (box === next) this.#boxes.addFrame(above, own);
    this.#boxOf[node] = box;
    return box;
  }

  /** Adds what was tallied. Nodes come from the last to the first, boxes are made from the first to the last. */
  addAll(tally: NodeTally, phase: number): void {
    let length = 0;
    for (let node = tally.next(); node > 0; node = tally.next()) {
      if (length === this.#nodes.length) this.#nodes = grown(this.#nodes, new Int32Array(length * 2));
      this.#nodes[length++] = node;
      tally.leaveOwn(node);
    }
    const top = this.#boxOf[0] ?? 0;
    const boxes = this.#boxes;
    const { sums } = tally;
    boxes.bookSum(top, { micros: sums[SELF] ?? 0, count: sums[COUNT] ?? 0, phase });
    for (let at = length - 1; at >= 0; at--) {
      const node = this.#nodes[at] ?? 0;
      const box = this.add(node);
      const count = sums[node * SUMS + COUNT] ?? 0;
      if (count === 0) continue;
      boxes.bookSum(box, { micros: sums[node * SUMS + SELF] ?? 0, count, phase });
      tally.forget(node);
    }
    const { unsampled } = tally;
    if (unsampled !== undefined)
      boxes.bookSum(boxes.add(top, 'unsampled', 0), { micros: unsampled, count: 0, phase });
    tally.clear();
  }
}
