import { NO_PHASE } from '../phase.ts';
import { BOX_KINDS, type BoxKind } from './call-tree.ts';
import { grown } from './grown.ts';
import type { NodeTimes } from './node-times.ts';
import { MAX_BOXES, PictureTooLargeError } from './picture-too-large-error.ts';

/** By node. */
export type OwnTimes = Pick<NodeTimes, 'self' | 'count' | 'phase'>;

export interface BookedRows {
  readonly micros: number;
  /** Captured samples. */
  readonly count: number;
  /** Index into `PHASES`; `NO_PHASE` where in several or in none. */
  readonly phase: number;
}

/** Stored while no row has ended in or below a box. */
const PHASE_UNSET = 254;

/** The boxes of a picture while they are found: growing columns, every parent before its children. Box 0 is the root. */
export class BoxBuilder {
  length = 0;
  parent: Int32Array;
  depth: Uint16Array;
  kind: Uint8Array;
  subject: Uint32Array;
  phase: Uint8Array;
  self: Float64Array;
  count: Uint32Array;

  /** Room for so many boxes to begin with; what is not used of it is memory that is never touched. */
  constructor(expected = 1024) {
    const capacity = Math.min(Math.max(expected, 16), MAX_BOXES);
    this.parent = new Int32Array(capacity);
    this.depth = new Uint16Array(capacity);
    this.kind = new Uint8Array(capacity);
    this.subject = new Uint32Array(capacity);
    this.phase = new Uint8Array(capacity);
    this.self = new Float64Array(capacity);
    this.count = new Uint32Array(capacity);
    this.add(-1, 'root', 0);
  }

  add(parent: number, kind: BoxKind, subject: number): number {
    return this.#add(parent, BOX_KINDS.indexOf(kind), subject);
  }

  /** The same for a frame, of which there are millions. */
  addFrame(parent: number, frame: number): number {
    return this.#add(parent, FRAME, frame);
  }

  /** Books in the box what rows that ended on a node amount to. */
  bookNode(box: number, times: OwnTimes, node: number): void {
    if (times.count[node] === 0) return;
    this.self[box] = (this.self[box] ?? 0) + (times.self[node] ?? 0);
    this.count[box] = (this.count[box] ?? 0) + (times.count[node] ?? 0);
    this.phase[box] = commonPhase(this.phase[box] ?? PHASE_UNSET, times.phase[node] ?? NO_PHASE);
  }

  /** Books in the box rows of one phase. */
  bookSum(box: number, { micros, count, phase }: BookedRows): void {
    this.self[box] = (this.self[box] ?? 0) + micros;
    this.count[box] = (this.count[box] ?? 0) + count;
    this.phase[box] = commonPhase(this.phase[box] ?? PHASE_UNSET, phase);
  }

  /** Carries counts and phases from every box to those above it; returns the microseconds in and below each box. */
  sumUp(): Float64Array {
    const total = this.self.slice(0, this.length);
    for (let box = this.length - 1; box > 0; box--) {
      const parent = this.parent[box] ?? 0;
      total[parent] = (total[parent] ?? 0) + (total[box] ?? 0);
      this.count[parent] = (this.count[parent] ?? 0) + (this.count[box] ?? 0);
      this.phase[parent] = commonPhase(this.phase[parent] ?? PHASE_UNSET, this.phase[box] ?? PHASE_UNSET);
    }
    for (let box = 0; box < this.length; box++) {
      if (this.kind[box] === ROOT || this.phase[box] === PHASE_UNSET) this.phase[box] = NO_PHASE;
    }
    return total;
  }

  #add(parent: number, kind: number, subject: number): number {
    const box = this.length++;
    if (box === this.parent.length) this.#grow();
    this.parent[box] = parent;
    this.depth[box] = parent < 0 ? 0 : (this.depth[parent] ?? 0) + 1;
    this.kind[box] = kind;
    this.subject[box] = subject;
    this.phase[box] = PHASE_UNSET;
    return box;
  }

  #grow(): void {
    if (this.parent.length >= MAX_BOXES) throw new PictureTooLargeError(MAX_BOXES);
    const capacity = Math.min(this.parent.length * 2, MAX_BOXES);
    this.parent = grown(this.parent, new Int32Array(capacity));
    this.depth = grown(this.depth, new Uint16Array(capacity));
    this.kind = grown(this.kind, new Uint8Array(capacity));
    this.subject = grown(this.subject, new Uint32Array(capacity));
    this.phase = grown(this.phase, new Uint8Array(capacity));
    this.self = grown(this.self, new Float64Array(capacity));
    this.count = grown(this.count, new Uint32Array(capacity));
  }
}

const FRAME = BOX_KINDS.indexOf('frame');
const ROOT = BOX_KINDS.indexOf('root');

function commonPhase(one: number, other: number): number {
  if (one === PHASE_UNSET || one === other) return other;
  return other === PHASE_UNSET ? one : NO_PHASE;
}
