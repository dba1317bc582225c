import { NO_PHASE } from '../phase.ts';
import { BoxBuilder } from './box-builder.ts';
import { type MergedStacks, mergeEqualStacks } from './merge-equal-stacks.ts';
import type { Profile } from './profile.ts';
import {
  allRows,
  groupByHandlerAndPhase,
  type PhaseGroups,
  type RowGroups,
  runsByGroup,
} from './row-groups.ts';

/** Equal stacks merged under the root. */
export function boxesByStack(profile: Profile): BoxBuilder {
  const boxes = new BoxBuilder();
  addStacks(profile, boxes, { ...allRows(profile), boxOfGroup: [0] });
  return boxes;
}

/** Equal stacks merged under root → handler → phase. */
export function boxesByPhase(profile: Profile): BoxBuilder {
  const boxes = new BoxBuilder();
  const groups = groupByHandlerAndPhase(profile);
  addStacks(profile, boxes, { ...groups, boxOfGroup: boxesOfGroups(groups, boxes) });
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

interface PlacedGroups extends RowGroups {
  readonly boxOfGroup: readonly number[];
}

/** Books every row in the box of its stack, group after group, so that the boxes of nodes fit into one column. */
function addStacks({ samples, nodes }: Profile, boxes: BoxBuilder, groups: PlacedGroups): void {
  const stacks = new Stacks(mergeEqualStacks(nodes), boxes);
  const { runs, first } = runsByGroup(groups);
  for (let group = 0; group < groups.length; group++) {
    stacks.begin(groups.boxOfGroup[group] ?? 0);
    for (let at = first[group] ?? 0; at < (first[group + 1] ?? 0); at++) {
      const run = runs[at] ?? 0;
      const end = groups.startOfRun[run + 1] ?? 0;
      for (let row = groups.startOfRun[run] ?? 0; row < end; row++) {
        const box = samples.captured[row] === 1 ? stacks.boxOf(samples.node[row] ?? 0) : stacks.unsampled();
        boxes.book(box, samples, row);
      }
    }
  }
}

/** The boxes of one group's stacks; those of the group before are forgotten when the next one begins. */
class Stacks {
  readonly #merged: MergedStacks;
  readonly #boxes: BoxBuilder;
  readonly #boxOfNode: Int32Array;
  readonly #path: number[] = [];
  #top = 0;
  #firstBox = 0;
  #unsampled = -1;

  constructor(merged: MergedStacks, boxes: BoxBuilder) {
    this.#merged = merged;
    this.#boxes = boxes;
    this.#boxOfNode = new Int32Array(merged.nodes.length).fill(-1);
  }

  /** Boxes of the group stand behind all that there are by now. */
  begin(top: number): void {
    this.#top = top;
    this.#firstBox = this.#boxes.length;
    this.#unsampled = -1;
  }

  boxOf(node: number): number {
    const boxOfNode = this.#boxOfNode;
    const { nodes, nodeOf } = this.#merged;
    let at = nodeOf[node] ?? 0;
    const known = boxOfNode[at] ?? -1;
    if (known >= this.#firstBox) return known;
    while (at > 0 && (boxOfNode[at] ?? -1) < this.#firstBox) {
      this.#path.push(at);
      at = nodes.parent[at] ?? 0;
    }
    let box = at > 0 ? (boxOfNode[at] ?? 0) : this.#top;
    for (let below = this.#path.pop(); below !== undefined; below = this.#path.pop()) {
      box = this.#boxes.add(box, 'frame', nodes.frame[below] ?? 0);
      boxOfNode[below] = box;
    }
    return box;
  }

  unsampled(): number {
    if (this.#unsampled < 0) this.#unsampled = this.#boxes.add(this.#top, 'unsampled', 0);
    return this.#unsampled;
  }
}
