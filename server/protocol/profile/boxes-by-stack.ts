import { NO_PHASE } from '../phase.ts';
import { BoxBuilder } from './box-builder.ts';
import { PairTable } from './pair-table.ts';
import type { Profile } from './profile.ts';

/** Equal stacks merged under the root. */
export function boxesByStack(profile: Profile): BoxBuilder {
  return groupStacks(profile, new BoxBuilder(), () => 0);
}

/** Equal stacks merged under root → handler → phase. */
export function boxesByPhase(profile: Profile): BoxBuilder {
  const boxes = new BoxBuilder();
  const handlers = new Map<number, number>();
  const phases = new PairTable();
  let outside = -1;

  const phaseBox = (handler: number, phase: number): number => {
    const known = phases.get(handler, phase);
    if (known !== -1) return known;
    const box =
      phase === NO_PHASE ? boxes.add(handler, 'unattributed', 0) : boxes.add(handler, 'phase', phase);
    phases.set(handler, phase, box);
    return box;
  };

  return groupStacks(profile, boxes, (operation, phase) => {
    if (operation < 0) {
      if (outside < 0) outside = boxes.add(0, 'outside', 0);
      return outside;
    }
    const name = profile.operations.handler[operation] ?? 0;
    let handler = handlers.get(name);
    if (handler === undefined) {
      handler = boxes.add(0, 'handler', name);
      handlers.set(name, handler);
    }
    return phaseBox(handler, phase);
  });
}

/** Gives the box under which the stack of a row belongs. */
type GroupOf = (operation: number, phase: number) => number;

function groupStacks(profile: Profile, boxes: BoxBuilder, groupOf: GroupOf): BoxBuilder {
  const { samples } = profile;
  const stacks = new StackBoxes(profile, boxes);
  for (let row = 0; row < samples.length; row++) {
    const phase = samples.phase[row] ?? NO_PHASE;
    const group = groupOf(samples.operation[row] ?? -1, phase);
    boxes.book(stacks.boxOf(group, samples.node[row] ?? 0), samples.duration[row] ?? 0, phase);
  }
  return boxes;
}

/** Finds the box of a node below a group, one box for all nodes with equal stacks. */
class StackBoxes {
  readonly #profile: Profile;
  readonly #boxes: BoxBuilder;
  readonly #byNode = new PairTable();
  readonly #byFrame = new PairTable();
  readonly #path: number[] = [];

  constructor(profile: Profile, boxes: BoxBuilder) {
    this.#profile = profile;
    this.#boxes = boxes;
  }

  boxOf(group: number, node: number): number {
    const { parent } = this.#profile.nodes;
    const path = this.#path;
    let above = node;
    let box = group;
    // Up to the first node that is known in this group, then down again: each box is made once.
    while (above > 0) {
      const known = this.#byNode.get(group, above);
      if (known !== -1) {
        box = known;
        break;
      }
      path.push(above);
      above = parent[above] ?? 0;
    }
    for (let below = path.pop(); below !== undefined; below = path.pop()) {
      box = this.#child(box, this.#profile.nodes.frame[below] ?? 0);
      this.#byNode.set(group, below, box);
    }
    return box;
  }

  #child(box: number, frame: number): number {
    const known = this.#byFrame.get(box, frame);
    if (known !== -1) return known;
    const child = this.#boxes.add(box, 'frame', frame);
    this.#byFrame.set(box, frame, child);
    return child;
  }
}
