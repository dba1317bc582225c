import type { Slice } from './slice.ts';

export const WAYS = ['bare', 'control', 'cpu', 'phases'] as const;
export type Way = (typeof WAYS)[number];
export type Round = Readonly<Record<Way, Slice>>;

/** What a generation is told to do: all ways by turns until the time is up, each in a database of its own that is a copy of the same. */
export interface GenerationOrder {
  readonly urls: Readonly<Record<Way, string>>;
  readonly seed: number;
  readonly operations: number;
  readonly warmUpRounds: number;
  readonly seconds: number;
  readonly samplingIntervalMicros: number;
}

export interface Generation {
  readonly rounds: readonly Round[];
  /** Operations that failed, of all ways. */
  readonly faults: number;
}
