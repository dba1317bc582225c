import type { CallTree } from './call-tree.ts';
import type { NodeTable, Profile } from './profile.ts';
import { TimeBoxes } from './time-boxes.ts';

/** Microseconds. Rows further apart than this do not touch; below it lies the rounding of times since process start. */
const GAP = 0.01;

/** Stands in the place of a node where no sample was captured. */
const NO_SAMPLE = -1;

/** One box for each stretch of time in which a frame stood at its depth. Boxes are found in preorder. */
export function boxesInTime(profile: Profile): CallTree {
  const { time, duration, node, phase, captured, length } = profile.samples;
  const open = new OpenStack(profile);
  const { boxes } = open;
  let end = 0;
  for (let row = 0; row < length; row++) {
    const start = time[row] ?? 0;
    if (start > end + GAP) open.closeAll(end);
    const isCaptured = captured[row] ?? 0;
    open.change(isCaptured === 1 ? (node[row] ?? 0) : NO_SAMPLE, start > end ? start : end, end);
    boxes.book(isCaptured, phase[row] ?? 0);
    const ownEnd = start + (duration[row] ?? 0);
    if (ownEnd > end) end = ownEnd;
  }
  open.closeAll(end);
  return boxes.build(Math.max(end, profile.durationMicros));
}

/** The stack that the boxes which are still growing stand for. */
class OpenStack {
  readonly boxes: TimeBoxes;
  /** By node, side by side, so that it costs one access to memory: see `placesOf`. */
  readonly #places: Int32Array;
  /** Nodes that are to be opened, innermost first. */
  readonly #path: Int32Array;
  /** By depth, the node of the open stack; -1 for none, and for no sample. */
  readonly #open: Int32Array;
  #node = 0;

  constructor({ nodes, samples }: Profile) {
    const { places, deepest } = placesOf(nodes);
    this.#places = places;
    this.#path = new Int32Array(deepest + 1);
    // Room for `unsampled`, which stands right below the root, where there is no frame.
    this.#open = new Int32Array(deepest + 2).fill(-1);
    this.#open[0] = 0;
    this.boxes = new TimeBoxes(deepest + 2, samples.length);
  }

  /** Keeps open what the stack of the node shares with the one before, closes the rest at `end` and opens its own. */
  change(node: number, time: number, end: number): void {
    if (node === this.#node) return;
    // What ran where no sample fell is unknown: nothing stays open across it.
    if (node === NO_SAMPLE || this.#node === NO_SAMPLE) this.#close(0, end);
    this.#node = node;
    if (node === NO_SAMPLE) {
      this.boxes.beginUnsampled(time);
      return;
    }
    const [path, open, places] = [this.#path, this.#open, this.#places];
    let length = 0;
    let shared = places[node * PLACE + DEPTH] ?? 0;
    for (let at = node; open[shared] !== at; at = places[at * PLACE] ?? 0) {
      path[length++] = at;
      shared--;
    }
    // Below the last common node may stand others of the same frames.
    while (length > 0 && shared < this.boxes.height) {
      const next = path[length - 1] ?? 0;
      if (places[(open[shared + 1] ?? 0) * PLACE + FRAME] !== places[next * PLACE + FRAME]) break;
      open[++shared] = next;
      length--;
    }
    this.#close(shared, end);
    while (length > 0) {
      const opened = path[--length] ?? 0;
      open[++shared] = opened;
      this.boxes.begin(places[opened * PLACE + FRAME] ?? 0, time);
    }
  }

  closeAll(end: number): void {
    this.#close(0, end);
    this.#node = 0;
  }

  /** Leaves `height` boxes below the root open. */
  #close(height: number, end: number): void {
    for (let depth = this.boxes.height; depth > height; depth--) {
      this.#open[depth] = -1;
      this.boxes.close(end);
    }
  }
}

const FRAME = 1;
const DEPTH = 2;
const PLACE = 4;

/** By node, at `node * PLACE`: its parent, its frame and how many calls stand above it. */
function placesOf({ length, parent, frame }: NodeTable) {
  const places = new Int32Array(length * PLACE);
  let deepest = 0;
  for (let node = 1; node < length; node++) {
    const above = parent[node] ?? 0;
    const depth = (places[above * PLACE + DEPTH] ?? 0) + 1;
    if (depth > deepest) deepest = depth;
    places[node * PLACE] = above;
    places[node * PLACE + FRAME] = frame[node] ?? 0;
    places[node * PLACE + DEPTH] = depth;
  }
  return { places, deepest };
}
