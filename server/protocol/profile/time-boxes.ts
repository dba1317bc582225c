import { NO_PHASE } from '../phase.ts';
import { BOX_KINDS, type CallTree } from './call-tree.ts';
import { grown } from './grown.ts';
import { MAX_BOXES, PictureTooLargeError } from './picture-too-large-error.ts';
import { emptyTreeColumns, frontColumns, type TreeColumns } from './tree-columns.ts';

const ROOT = BOX_KINDS.indexOf('root');
const FRAME = BOX_KINDS.indexOf('frame');
const UNSAMPLED = BOX_KINDS.indexOf('unsampled');

/** Stands in the place of a phase while no row has ended in or below an open box. */
const PHASE_UNSET = 254;

/**
 * The boxes of a picture in the order of time while they are found. What a box adds up to is kept by depth while it is
 * open and written once, when it closes: there are millions of boxes, but only some dozens are open.
 */
export class TimeBoxes {
  /** How many boxes are open below the root. */
  height = 0;
  #length = 0;
  #maxDepth = 0;
  #columns: TreeColumns;
  // By depth of the open boxes: which it is, when it began, how much of it is its children's, and what was booked.
  readonly #box: Int32Array;
  readonly #start: Float64Array;
  readonly #children: Float64Array;
  readonly #count: Uint32Array;
  readonly #phase: Uint8Array;

  /** `expected` boxes are about as many as there will be; memory beyond those that come is not touched. */
  constructor(levels: number, expected: number) {
    this.#columns = emptyTreeColumns(Math.min(expected + 2, MAX_BOXES));
    this.#box = new Int32Array(levels);
    this.#start = new Float64Array(levels);
    this.#children = new Float64Array(levels);
    this.#count = new Uint32Array(levels);
    this.#phase = new Uint8Array(levels);
    this.#columns.parent[0] = -1;
    this.#columns.kind[0] = ROOT;
    this.#length = 1;
    this.#phase[0] = PHASE_UNSET;
  }

  /** Opens a box of a frame below the innermost one that is open. */
  begin(frame: number, time: number): void {
    this.#begin(FRAME, frame, time);
  }

  beginUnsampled(time: number): void {
    this.#begin(UNSAMPLED, 0, time);
  }

  /** Books a row in the innermost open box. */
  book(captured: number, phase: number): void {
    const { height } = this;
    if (captured === 1) this.#count[height] = (this.#count[height] ?? 0) + 1;
    const before = this.#phase[height];
    if (before !== phase) this.#phase[height] = before === PHASE_UNSET ? phase : NO_PHASE;
  }

  /** Closes the innermost open box. */
  close(end: number): void {
    const depth = this.height--;
    const { total, self, count, phase } = this.#columns;
    const box = this.#box[depth] ?? 0;
    const width = end - (this.#start[depth] ?? 0);
    const own = width - (this.#children[depth] ?? 0);
    const counted = this.#count[depth] ?? 0;
    const common = this.#phase[depth] ?? PHASE_UNSET;
    total[box] = width;
    self[box] = own > 0 ? own : 0;
    count[box] = counted;
    phase[box] = common === PHASE_UNSET ? NO_PHASE : common;
    const above = depth - 1;
    this.#children[above] = (this.#children[above] ?? 0) + width;
    this.#count[above] = (this.#count[above] ?? 0) + counted;
    const before = this.#phase[above];
    if (before !== common) this.#phase[above] = before === PHASE_UNSET ? common : NO_PHASE;
  }

  /** Closes the root, which spans everything; what its children leave of it is its own. All others have been closed. */
  build(span: number): CallTree {
    const { total, self, count, phase } = this.#columns;
    total[0] = span;
    self[0] = Math.max(0, span - (this.#children[0] ?? 0));
    count[0] = this.#count[0] ?? 0;
    phase[0] = NO_PHASE;
    const length = this.#length;
    return { view: 'time-order', length, maxDepth: this.#maxDepth, ...frontColumns(this.#columns, length) };
  }

  #begin(kind: number, subject: number, time: number): void {
    const box = this.#length++;
    if (box === this.#columns.parent.length) this.#grow();
    const columns = this.#columns;
    const above = this.height++;
    const depth = above + 1;
    if (depth > this.#maxDepth) this.#maxDepth = depth;
    columns.parent[box] = this.#box[above] ?? 0;
    columns.depth[box] = depth;
    columns.kind[box] = kind;
    columns.subject[box] = subject;
    columns.start[box] = time;
    this.#box[depth] = box;
    this.#start[depth] = time;
    this.#children[depth] = 0;
    this.#count[depth] = 0;
    this.#phase[depth] = PHASE_UNSET;
  }

  #grow(): void {
    const capacity = this.#columns.parent.length;
    if (capacity >= MAX_BOXES) throw new PictureTooLargeError(MAX_BOXES);
    const [old, larger] = [this.#columns, emptyTreeColumns(Math.min(capacity * 2, MAX_BOXES))];
    this.#columns = {
      parent: grown(old.parent, larger.parent),
      depth: grown(old.depth, larger.depth),
      kind: grown(old.kind, larger.kind),
      subject: grown(old.subject, larger.subject),
      phase: grown(old.phase, larger.phase),
      start: grown(old.start, larger.start),
      total: grown(old.total, larger.total),
      self: grown(old.self, larger.self),
      count: grown(old.count, larger.count),
    };
  }
}
