/** Stacks as trees with what was measured on them, in columns by place; place 0 is none. */
export interface StackForest {
  readonly length: number;
  /** Index into `profile.frames`. */
  readonly frame: Uint32Array;
  /** The first place right below; 0 where there is none. */
  readonly firstChild: Int32Array;
  /** The next place below the same one; 0 behind the last. */
  readonly nextSibling: Int32Array;
  /** In the profile's unit, on the place itself and below it. */
  readonly self: Float64Array;
  readonly total: Float64Array;
  /** Captured samples, likewise. */
  readonly count: Uint32Array;
  readonly countTotal: Uint32Array;
  /** Index into `PHASES` of the rows on the place and below it; `NO_PHASE` where in several or in none. */
  readonly phase: Uint8Array;
}
