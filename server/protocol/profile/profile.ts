/**
 * The one profile model: samples over time on a tree of frames, in columns. Every capture format is
 * converted into it, every picture is drawn from it. Immutable once built.
 */
export interface Profile {
  readonly title: string;
  /** Capture format it was converted from. */
  readonly source: ProfileSource;
  /** What `samples.duration`, `durationMicros` and every axis count. */
  readonly unit: ProfileUnit;
  /** Wall clock of the start, ISO 8601. */
  readonly startedAt: string;
  readonly durationMicros: number;
  /** Between two samples as asked for; what came of it is `sampleDistanceMicros`. */
  readonly samplingIntervalMicros: number;
  /** Mean time between two captured samples; 0 where there are less than two. */
  readonly sampleDistanceMicros: number;
  /** Every text of the profile once; index 0 is the empty string. */
  readonly strings: readonly string[];
  readonly frames: FrameTable;
  readonly nodes: NodeTable;
  readonly samples: SampleTable;
  readonly operations: OperationTable;
}

/** What a profile can come from. The names are stored in profiles. */
export const PROFILE_SOURCES = [
  'v8-cpu',
  'v8-heap',
  'v8-log',
  'chrome-trace',
  'speedscope',
  'pprof',
  'collapsed',
] as const;
export type ProfileSource = (typeof PROFILE_SOURCES)[number];

/**
 * Fields keep their names in every unit: in a profile in bytes, `time` and `duration` count bytes, one sample after the
 * other in the order of the capture.
 */
export const PROFILE_UNITS = ['microseconds', 'bytes', 'samples'] as const;
export type ProfileUnit = (typeof PROFILE_UNITS)[number];

/** What a frame's code is. The index in this list is stored in profiles: append, never reorder. */
export const CATEGORIES = [
  'application',
  'package',
  'node',
  'native',
  'gc',
  'idle',
  'wait',
  'program',
  'regexp',
  'wasm',
  'eval',
  'compiler',
  // The instruments of this program itself. Kept in files by its place here: further ones come behind it.
  'profiler',
] as const;
export type Category = (typeof CATEGORIES)[number];

/** Functions, each once. */
export interface FrameTable {
  readonly length: number;
  /** Index into `strings`. */
  readonly name: Uint32Array;
  /** Index into `strings`: a `file:` URL or another script URL; 0 where unknown. */
  readonly file: Uint32Array;
  /** 1-based line; 0 where unknown. */
  readonly line: Uint32Array;
  /** 1-based column; 0 where unknown. */
  readonly column: Uint32Array;
  /** Index into `CATEGORIES`. */
  readonly category: Uint8Array;
}

/** The call tree as captured. Node 0 is the root; a parent always stands before its children. */
export interface NodeTable {
  readonly length: number;
  /** Index into this table; -1 for the root. */
  readonly parent: Int32Array;
  /** Index into `frames`. */
  readonly frame: Uint32Array;
}

/**
 * Stretches of time, in order of time and without overlap, each spent on one node in one phase of one operation.
 * Every captured sample is one row. Stretches of a phase in which no sample was taken are rows too, so the durations of
 * a phase add up to what was recorded for it; `captured` tells the two apart.
 */
export interface SampleTable {
  readonly length: number;
  /** Microseconds since the start of the profile. */
  readonly time: Float64Array;
  /** Microseconds. */
  readonly duration: Float64Array;
  /** Index into `nodes`; 0 (the root) where no stack was captured. */
  readonly node: Uint32Array;
  /** Index into `operations`; -1 outside of any operation. */
  readonly operation: Int32Array;
  /** Index into `PHASES`; `NO_PHASE` where in none. */
  readonly phase: Uint8Array;
  /** 1 where a sample was captured in the row, 0 where none was. */
  readonly captured: Uint8Array;
}

/** Handler executions, in order of time. */
export interface OperationTable {
  readonly length: number;
  /** Index into `strings`. */
  readonly handler: Uint32Array;
  /** Microseconds since the start of the profile. */
  readonly start: Float64Array;
  /** Microseconds. */
  readonly duration: Float64Array;
}
