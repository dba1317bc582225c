import { NodeSet } from './node-set.ts';
import type { Profile } from './profile.ts';

/** Where the amounts of a node stand in `NodeTally.sums`: side by side, so that a node costs one access to memory. */
export const SELF = 0;
export const BELOW = 1;
export const COUNT = 2;
export const COUNT_BELOW = 3;
export const SUMS = 4;

/**
 * Adds up some rows of the samples by node, at the cost of the rows and of the nodes that they touch, and gives the
 * nodes back from the last to the first, which is children before their parents.
 */
export class NodeTally {
  readonly sums: Float64Array;
  /** Of rows in which no sample was captured; undefined where there were none. */
  unsampled: number | undefined;
  readonly #samples: Profile['samples'];
  readonly #parent: Int32Array;
  readonly #touched: NodeSet;

  constructor({ samples, nodes }: Profile) {
    this.sums = new Float64Array(nodes.length * SUMS);
    this.#samples = samples;
    this.#parent = nodes.parent;
    this.#touched = new NodeSet(nodes.length);
  }

  /** Books rows `from` to `to` - 1. */
  book(from: number, to: number): void {
    const { duration, captured, node: nodeOf } = this.#samples;
    const { sums } = this;
    for (let row = from; row < to; row++) {
      const amount = duration[row] ?? 0;
      if (captured[row] !== 1) {
        this.unsampled = (this.unsampled ?? 0) + amount;
        continue;
      }
      const node = nodeOf[row] ?? 0;
      const place = node * SUMS;
      const count = sums[place + COUNT] ?? 0;
      if (count === 0) this.#touched.add(node);
      sums[place + COUNT] = count + 1;
      sums[place + SELF] = (sums[place + SELF] ?? 0) + amount;
    }
  }

  /** The next node, whose sums are complete; the caller gives it to `leave`. Not above 0 when only the root is left. */
  next(): number {
    return this.#touched.takeLast();
  }

  /** Carries the node's sums to its parent, and forgets them. What is on the root stays until `clear`. */
  leave(node: number): void {
    const { sums } = this;
    const place = node * SUMS;
    const parent = this.#parent[node] ?? 0;
    if (parent > 0) {
      this.#touched.add(parent);
      const above = parent * SUMS;
      sums[above + BELOW] =
        (sums[above + BELOW] ?? 0) + (sums[place + SELF] ?? 0) + (sums[place + BELOW] ?? 0);
      sums[above + COUNT_BELOW] =
        (sums[above + COUNT_BELOW] ?? 0) + (sums[place + COUNT] ?? 0) + (sums[place + COUNT_BELOW] ?? 0);
    }
    sums[place + SELF] = 0;
    sums[place + BELOW] = 0;
    sums[place + COUNT] = 0;
    sums[place + COUNT_BELOW] = 0;
  }

  /** Ends the rows of a group: all nodes have been left. */
  clear(): void {
    this.sums.fill(0, 0, SUMS);
    this.unsampled = undefined;
  }
}
