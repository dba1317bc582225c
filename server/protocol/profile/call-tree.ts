/** How samples are grouped into a picture; see `buildCallTree`. */
export const VIEWS = ['phases', 'left-heavy', 'time-order'] as const;
export type View = (typeof VIEWS)[number];

/**
 * What a tree of boxes shows: a view, or
 *
 * - `inverted`: root → function at the end of a stack → its caller → the caller's caller …
 * - `callers`: root → one function → its callers …
 * - `callees`: root → one function → what it calls …
 */
export type TreeShape = View | 'inverted' | 'callers' | 'callees';

/** What a box of the picture stands for. The index in this list is stored in `CallTree.kind`. */
export const BOX_KINDS = [
  'root',
  'handler',
  'phase',
  'frame',
  'unattributed',
  'outside',
  'unsampled',
] as const;
export type BoxKind = (typeof BOX_KINDS)[number];

/**
 * Name of an `unsampled` box: time that was recorded for a phase (or beside all phases) in stretches so short that no
 * sample fell into them. How long it took is measured; which functions took it is not known.
 */
export const UNSAMPLED = 'between samples';

/**
 * A profile grouped for one view, in columns, in preorder: a parent stands before its children, siblings in the
 * order in which they are drawn. Box 0 is the root and spans everything.
 */
export interface CallTree<Shape extends TreeShape = View> {
  readonly view: Shape;
  readonly length: number;
  readonly maxDepth: number;
  /** Index of the parent box; -1 for the root. */
  readonly parent: Int32Array;
  readonly depth: Uint16Array;
  /** Index into `BOX_KINDS`. */
  readonly kind: Uint8Array;
  /** For `frame` an index into `profile.frames`, for `handler` into `profile.strings`, for `phase` into `PHASES`; else 0. */
  readonly subject: Uint32Array;
  /** Index into `PHASES` of the phase that the box lies in; `NO_PHASE` where in none or in several. */
  readonly phase: Uint8Array;
  /** Left edge on the view's axis, microseconds; children lie inside their parent, side by side. */
  readonly start: Float64Array;
  /** Width: microseconds in the box and below it. */
  readonly total: Float64Array;
  /** Microseconds in the box itself. */
  readonly self: Float64Array;
  /** How many captured samples ended in the box or below it; the root has all of the capture. */
  readonly count: Uint32Array;
}
