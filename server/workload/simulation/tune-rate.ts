import type { Counter } from './counter.ts';
import type { Pace } from './pace.ts';
import { type RateSearch, searchRate, type TrialFigures } from './rate-search.ts';
import type { StretchFigures } from './stretch.ts';
import type { Tally } from './tally.ts';

export interface TuningOptions {
  readonly boundMicros: number;
  /** The first rate that is tried. */
  readonly rate: number;
  /** For all of it. */
  readonly seconds: number;
  readonly counter: Counter;
  readonly tally: Tally;
  readonly pace: Pace;
  /** Lets people come at a rate. */
  readonly liveFor: (rate: number, seconds: number) => Promise<StretchFigures>;
  readonly log: (line: string) => void;
}

export interface Tuned {
  readonly search: RateSearch;
  /** Of the rate that was found, or of the lowest one that was tried. */
  readonly last: StretchFigures;
}

// A p99 needs some hundred operations, a backlog some seconds to show, and a search some trials.
const TRIAL_OPERATIONS = 400;
const SHORTEST_TRIAL_SECONDS = 3;
const LEAST_TRIALS = 8;
const MOST_RATE = 20_000;

/** Nobody can wait for longer than a trial takes: in a shorter one a large bound would hold at any rate. */
const TRIAL_BOUNDS = 4;

/** Part of the time in which the rate that was found is measured in the end. */
const FINAL_SHARE = 0.25;

/** Searches the highest rate within the bound and measures it. Ends early when the signal is aborted. */
export async function tuneRate(options: TuningOptions, signal: AbortSignal): Promise<Tuned> {
  const { boundMicros, rate, seconds, pace, liveFor } = options;
  // The first rate that is tried must not pay for cold code and cold snapshots.
  await liveFor(rate, SHORTEST_TRIAL_SECONDS);
  const searchSeconds = seconds * (1 - FINAL_SHARE) - SHORTEST_TRIAL_SECONDS;
  const deadline = pace.clock.monotonicMicros() + searchSeconds * 1e6;
  const search = await searchRate({
    boundMicros,
    first: rate,
    most: MOST_RATE,
    measure: (tried) => trial(options, tried, trialSeconds({ rate: tried, boundMicros, searchSeconds })),
    isTimeUp: () => signal.aborted || pace.clock.monotonicMicros() >= deadline,
  });
  const lowest = search.trials.reduce((least, tried) => Math.min(least, tried.rate), rate);
  return { search, last: await liveFor(search.rate || lowest, seconds * FINAL_SHARE) };
}

interface TrialOptions {
  readonly rate: number;
  readonly boundMicros: number;
  readonly searchSeconds: number;
}

/** How long a rate is tried. */
export function trialSeconds({ rate, boundMicros, searchSeconds }: TrialOptions): number {
  const forOperations = Math.min(TRIAL_OPERATIONS / rate, searchSeconds / LEAST_TRIALS);
  return Math.max(SHORTEST_TRIAL_SECONDS, forOperations, (TRIAL_BOUNDS * boundMicros) / 1e6);
}

async function trial(
  { counter, tally, liveFor, log }: TuningOptions,
  rate: number,
  seconds: number,
): Promise<TrialFigures> {
  const [faults, ended] = [counter.faults, tally.ended];
  const { served, unservedShare, isBacklogGrowing } = await liveFor(rate, seconds);
  const failed = (counter.faults - faults) / Math.max(1, tally.ended - ended);
  const p99Micros = tally.response.figures?.p99Micros ?? 0;
  log(
    `${rate.toFixed(0)} operations/s: p99 ${(p99Micros / 1000).toFixed(1)} ms, ${served.toFixed(0)}/s served.`,
  );
  return { served, p99Micros, failed, unservedShare, isBacklogGrowing };
}
