import type { NodeTable } from '../protocol/profile/profile.ts';

/** A function as the capture names it: lines and columns 0-based, -1 where there is none. */
export interface CallFrame {
  readonly functionName: string;
  readonly scriptId: string;
  readonly url: string;
  readonly lineNumber: number;
  readonly columnNumber: number;
}

/** A capture in columns, before frames are mapped to sources and time is cut by phases. */
export interface CapturedStacks {
  /** Microseconds on the capture's clock. */
  readonly startMicros: number;
  /** Not before the start, nor before the last sample. */
  readonly endMicros: number;
  /** Distinct functions. */
  readonly callFrames: readonly CallFrame[];
  /** Node 0 is the root, parents stand before their children; `frame` is an index into `callFrames`. */
  readonly nodes: NodeTable;
  readonly samples: CapturedSamples;
  readonly lineTicks: LineTickTable;
}

/** Stacks seen at moments, in order of time. */
export interface CapturedSamples {
  readonly length: number;
  /** Microseconds on the capture's clock. */
  readonly time: Float64Array;
  /** Index into the nodes. */
  readonly node: Uint32Array;
  /**
   * What each sample stands for, in the unit of the capture, where the capture tells it: bytes that were allocated, hits
   * that were counted. Then `time` is what came before it, and there are no operations. Absent: the time until the next
   * sample, the last one's until the end.
   */
  readonly weight?: Float64Array;
}

/** How often a line of a node's function was the one that ran. */
export interface LineTickTable {
  readonly length: number;
  /** Index into the nodes, never falling. */
  readonly node: Uint32Array;
  /** 1-based line of the script that ran. */
  readonly line: Uint32Array;
  readonly ticks: Uint32Array;
}
