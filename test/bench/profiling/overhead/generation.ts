import type { Slice } from './slice.ts';

export const WAYS = ['bare', 'control', 'cpu', 'phases'] as const;
export type Way = (typeof WAYS)[number];
export type Round = Readonly<Record<Way, Slice>>;

/** What a process is told to do: one way, in a database of its own that is a copy of the others'. */
export interface WayOrder {
  readonly way: Way;
  readonly url: string;
  readonly seed: number;
  readonly operations: number;
  readonly samplingIntervalMicros: number;
}

/** To a process: a slice is wanted of it, or nothing more. */
export type WayRequest = { readonly isEstimated: boolean } | 'end';

/** From a process, once it is ready and for each request. */
export type WayAnswer = 'ready' | Slice | { readonly faults: number };

/** A process of each way, by turns. */
export interface Generation {
  readonly rounds: readonly Round[];
  /** Operations that failed, of all ways. */
  readonly faults: number;
}
