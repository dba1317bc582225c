import type { Category, ProfileUnit } from './profile.ts';

/**
 * - `more`, `less`: after is above or below before by more than noise explains
 * - `noise`: no difference that can be told from noise
 * - `few`: the same, but only because so little was repeated that the noise is known badly: more runs would tell
 * - `rare`: too few samples or too little time to tell anything; such lines are there for all phases together only
 * - `unknown`: nothing was repeated, so nobody can tell how much is noise
 */
export const VERDICTS = ['more', 'less', 'noise', 'few', 'rare', 'unknown'] as const;
export type Verdict = (typeof VERDICTS)[number];

export const METRICS = ['self', 'total'] as const;
export type Metric = (typeof METRICS)[number];

/** Stands in the place of a phase for all of them together. */
export const ALL_PHASES = 254;
/** Stands in the place of a function for all of them together, and for the time without a sample. */
export const ALL_FUNCTIONS = -1;

/** A function of two profiles; its place is that in the newer one, where it has one there. */
export interface ComparedFunction {
  readonly name: string;
  readonly file: string;
  readonly line: number;
  readonly category: Category;
}

export interface ComparedHandler {
  /** Empty for the recording as a whole, where not all profiles have operations. */
  readonly name: string;
  /** Operations of all profiles of a side; seconds where amounts are per second. */
  readonly before: number;
  readonly after: number;
}

/** One line for each handler, phase, function and metric, in columns. */
export interface ComparisonLines {
  readonly length: number;
  /** Index into `handlers`. */
  readonly handler: Uint32Array;
  /** Index into `PHASES`; `NO_PHASE` for time in none, `ALL_PHASES` for all of it. */
  readonly phase: Uint8Array;
  /** Index into `functions`; `ALL_FUNCTIONS` for all of the time. */
  readonly function: Int32Array;
  /** Index into `METRICS`. */
  readonly metric: Uint8Array;
  /** Mean per operation, in the unit of the profiles. */
  readonly before: Float64Array;
  readonly after: Float64Array;
  /** Interval of confidence of the difference, after less before; no numbers where the verdict is `unknown` or `rare`. */
  readonly low: Float64Array;
  readonly high: Float64Array;
  /** Probability of such a difference by noise alone, before anything is made of how many were looked at. */
  readonly p: Float64Array;
  /** Index into `VERDICTS`. */
  readonly verdict: Uint8Array;
}

export interface ProfileComparison {
  readonly unit: ProfileUnit;
  /** What amounts are per. */
  readonly per: 'operation' | 'second' | 'recording';
  /** What the noise was taken from. */
  readonly spreadOver: 'operations' | 'runs';
  /** At most this share of what is called `more` or `less` is neither, on average. */
  readonly rate: number;
  /** Confidence of the intervals, chosen so that an interval is without 0 exactly where the verdict is `more` or `less`. */
  readonly confidence: number;
  /** How many lines were tested. */
  readonly tested: number;
  /** Those that both sides have. */
  readonly handlers: readonly ComparedHandler[];
  readonly onlyBefore: readonly string[];
  readonly onlyAfter: readonly string[];
  readonly functions: readonly ComparedFunction[];
  readonly lines: ComparisonLines;
}
