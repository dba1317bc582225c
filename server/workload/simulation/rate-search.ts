/** What came of one trial of a rate. */
export interface TrialFigures {
  /** Operations per second that were served. */
  readonly served: number;
  readonly p99Micros: number;
  /** Share of the operations that failed, 0 to 1. */
  readonly failed: number;
  /** Share of those who came who still waited in the end, 0 to 1, and whether they became more and more. */
  readonly unservedShare: number;
  readonly isBacklogGrowing: boolean;
}

/** What a rate was too high for: the bound, too many failures, or more came than were served. */
export type RateLimit = 'p99' | 'failures' | 'backlog';

export interface Trial extends Pick<TrialFigures, 'served' | 'p99Micros' | 'failed'> {
  readonly rate: number;
  readonly holds: boolean;
  /** Absent when it holds. */
  readonly limit?: RateLimit;
}

export interface RateSearch {
  readonly boundMicros: number;
  /** The highest rate that held; 0 when none did. */
  readonly rate: number;
  /** Whether the search found where rates begin to fail, and not only its own end. */
  readonly isComplete: boolean;
  /** All trials in the order in which they were made. */
  readonly trials: readonly Trial[];
}

export interface RateSearchOptions {
  readonly boundMicros: number;
  /** The first rate that is tried. */
  readonly first: number;
  /** No higher rate is tried. */
  readonly most: number;
  readonly measure: (rate: number) => Promise<TrialFigures>;
  /** Whether there is no time for another trial. */
  readonly isTimeUp: () => boolean;
}

const GROWTH = 1.5;
const SHRINKING = 0.5;
const LEAST_RATE = 1;

/** Rates that differ by less are the same on a machine that does other things as well. */
const PRECISION = 1.1;

/** More failures than that are no speed. */
const TOLERATED_FAILURES = 0.01;

/** More than that waiting in the end are no chance, and with more time the bound would not hold. */
const TOLERATED_UNSERVED = 0.05;

// One bad second of the machine must not decide: two of three trials do.
const MAJORITY = 2;

/**
 * The highest rate that is served and whose p99 stays within the bound: half as much again until a rate fails (half until one holds, when the
 * first fails), then between the two, each time at the geometric mean, until they are within 10 %. A trial is over when two
 * of at most three agree.
 */
export async function searchRate(options: RateSearchOptions): Promise<RateSearch> {
  const { boundMicros, first, most, isTimeUp } = options;
  const trials: Trial[] = [];
  let [holding, failing] = [0, Number.POSITIVE_INFINITY];
  let rate = Math.min(first, most);
  while (!isTimeUp()) {
    const holds = await holdsUp(rate, options, trials);
    // Cut short: what was found by then stands.
    if (holds === undefined) break;
    if (holds) holding = rate;
    else failing = rate;
    const next = nextRate(holding, failing, most);
    if (next === undefined) return { boundMicros, rate: holding, isComplete: true, trials };
    rate = next;
  }
  return { boundMicros, rate: holding, isComplete: false, trials };
}

/** Undefined when there is nothing left to find out. */
function nextRate(holding: number, failing: number, most: number): number | undefined {
  if (holding === most) return undefined;
  if (failing === Number.POSITIVE_INFINITY) return Math.min(most, holding * GROWTH);
  if (holding === 0) return failing <= LEAST_RATE ? undefined : Math.max(LEAST_RATE, failing * SHRINKING);
  return failing / holding <= PRECISION ? undefined : Math.sqrt(holding * failing);
}

async function holdsUp(
  rate: number,
  { boundMicros, measure, isTimeUp }: RateSearchOptions,
  trials: Trial[],
): Promise<boolean | undefined> {
  let [passed, failed] = [0, 0];
  while (passed < MAJORITY && failed < MAJORITY) {
    if (isTimeUp()) return undefined;
    const figures = await measure(rate);
    const limit = limitOf(figures, boundMicros);
    const holds = limit === undefined;
    const { served, p99Micros, failed: failures } = figures;
    trials.push({ rate, served, p99Micros, failed: failures, holds, ...(limit && { limit }) });
    if (holds) passed += 1;
    else failed += 1;
    // Far below the bound, chance has no say.
    if (holds && figures.p99Micros <= boundMicros / 2) return true;
  }
  return passed >= MAJORITY;
}

function limitOf(figures: TrialFigures, boundMicros: number): RateLimit | undefined {
  const { p99Micros, failed, unservedShare, isBacklogGrowing } = figures;
  if (failed > TOLERATED_FAILURES) return 'failures';
  if (p99Micros > boundMicros) return 'p99';
  return unservedShare > TOLERATED_UNSERVED || isBacklogGrowing ? 'backlog' : undefined;
}
