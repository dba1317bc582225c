import type { BoxBuilder, OwnTimes } from './box-builder.ts';

export interface StackEnds {
  /** Nodes at which stacks end, none of them the root. */
  readonly ends: Uint32Array;
  /** By node, of these. */
  readonly times: OwnTimes;
  /** By node. */
  readonly parent: Int32Array;
  /** By node, the frame that stands for it in the picture. */
  readonly frame: Uint32Array;
  /** How many frames there are. */
  readonly frames: number;
}

/**
 * Adds below the root the functions at which stacks end, below each of them its callers, and so on. Boxes under
 * `least` are left out: what they stand for is self time of the box above, as are stacks that have no more callers.
 *
 * The stacks of a box lie side by side in one list, and are parted there by the next caller: no hashing, and each level
 * costs only the stacks that still have a box.
 */
export function invertStacks(stacks: StackEnds, boxes: BoxBuilder, least: number): void {
  const { ends, times, frames } = stacks;
  const members: Members = { end: ends.slice(), next: ends.slice() };
  const spare: Members = { end: new Uint32Array(ends.length), next: new Uint32Array(ends.length) };
  const parting = new Parting(frames);
  const pending = [{ box: 0, from: 0, to: ends.length }];
  for (let range = pending.pop(); range !== undefined; range = pending.pop()) {
    const { box, from, to } = range;
    parting.begin();
    for (let at = from; at < to; at++) {
      const amount = times.self[members.end[at] ?? 0] ?? 0;
      parting.count(frameOf(stacks, members, at), amount);
    }
    const callers = parting.places(from, least);
    for (let at = from; at < to; at++) {
      const place = parting.place(frameOf(stacks, members, at));
      if (place < 0) boxes.bookNode(box, times, members.end[at] ?? 0);
      else moveUp(stacks, members, { at, place, to: spare });
    }
    for (const caller of callers) {
      members.end.set(spare.end.subarray(caller.from, caller.to), caller.from);
      members.next.set(spare.next.subarray(caller.from, caller.to), caller.from);
      pending.push({ box: boxes.addFrame(box, caller.frame), from: caller.from, to: caller.to });
    }
  }
}

interface Members {
  /** Where a stack ends. */
  readonly end: Uint32Array;
  /** The node that is looked at next on its way to the root. */
  readonly next: Uint32Array;
}

/** The frame by which a member is parted; that of no caller at the end of its way. */
function frameOf({ frame, frames }: StackEnds, members: Members, at: number): number {
  const next = members.next[at] ?? 0;
  return next > 0 ? (frame[next] ?? 0) : frames;
}

function moveUp(
  { parent }: StackEnds,
  members: Members,
  { at, place, to }: { readonly at: number; readonly place: number; readonly to: Members },
): void {
  to.end[place] = members.end[at] ?? 0;
  to.next[place] = parent[members.next[at] ?? 0] ?? 0;
}

interface Caller {
  readonly frame: number;
  readonly from: number;
  readonly to: number;
}

/** A counting sort by frame whose counters are forgotten at no cost; the counter behind the last is for no caller. */
class Parting {
  readonly #round: Int32Array;
  readonly #counts: Int32Array;
  readonly #amounts: Float64Array;
  readonly #none: number;
  readonly #seen: number[] = [];
  #rounds = 0;

  constructor(frames: number) {
    this.#none = frames;
    this.#round = new Int32Array(frames + 1);
    this.#counts = new Int32Array(frames + 1);
    this.#amounts = new Float64Array(frames + 1);
  }

  begin(): void {
    this.#rounds++;
    this.#seen.length = 0;
  }

  count(frame: number, amount: number): void {
    if (this.#round[frame] !== this.#rounds) {
      this.#round[frame] = this.#rounds;
      this.#counts[frame] = 0;
      this.#amounts[frame] = 0;
      this.#seen.push(frame);
    }
    this.#counts[frame] = (this.#counts[frame] ?? 0) + 1;
    this.#amounts[frame] = (this.#amounts[frame] ?? 0) + amount;
  }

  /** The frames with at least that amount, each with its part of the list; from now on the counters say where in it. */
  places(from: number, least: number): Caller[] {
    const callers: Caller[] = [];
    let free = from;
    for (const frame of this.#seen) {
      const count = this.#counts[frame] ?? 0;
      const isKept = frame !== this.#none && (this.#amounts[frame] ?? 0) >= least;
      this.#counts[frame] = isKept ? free : -1;
      if (!isKept) continue;
      callers.push({ frame, from: free, to: free + count });
      free += count;
    }
    return callers;
  }

  /** The next free place of the frame; -1 where it has none. */
  place(frame: number): number {
    const place = this.#counts[frame] ?? -1;
    if (place >= 0) this.#counts[frame] = place + 1;
    return place;
  }
}
