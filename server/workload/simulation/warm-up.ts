import type { Counter } from './counter.ts';
import { DatabaseGoneError } from './faults.ts';
import { type ChosenAction, COLLECTIVE_QUERIES } from './library-action.ts';
import type { LibraryActors } from './library-actors.ts';
import type { OutageWatch } from './outage-watch.ts';
import type { Pace } from './pace.ts';
import { PATIENCE, Stopping } from './stopping.ts';
import { Tally } from './tally.ts';

interface Staff {
  readonly counter: Counter;
  readonly outage: OutageWatch;
  readonly pace: Pace;
  readonly workers: number;
}

export interface GrowthOptions extends Staff {
  readonly actors: LibraryActors;
  /** To be reached. */
  readonly books: number;
  readonly readers: number;
  readonly progress: (done: number, total: number) => void;
}

/** What it took to make the library large enough. */
export interface Growth {
  readonly commands: number;
  readonly eventsAppended: number;
  readonly seconds: number;
}

// A database that refuses so many in a row, without being gone, will not take the next.
const MOST_FAILURES = 50;

/**
 * Lets the library grow by commands, as fast as the workers can. Ends when it is large enough or the signal is aborted.
 * @throws the fault of a store that takes no command
 */
export async function growLibrary(options: GrowthOptions, stop: AbortSignal): Promise<Growth> {
  const { actors, pace, books, readers, progress } = options;
  const missing = () => actors.missing(books, readers);
  const total = missing();
  const start = pace.clock.monotonicMicros();
  const next = () => {
    const chosen = actors.grow(books, readers);
    if (chosen !== undefined) progress(Math.max(0, total - missing()), total);
    return chosen;
  };
  const tally = await serveBeforehand(next, options, stop);
  const seconds = (pace.clock.monotonicMicros() - start) / 1e6;
  return { commands: tally.ended, eventsAppended: tally.eventsAppended, seconds };
}

/**
 * Has each question about the whole library answered once: the first answer folds all of the history, which takes seconds
 * in a large store, and would be all that is seen of a short simulation.
 */
export async function foldHistories(
  options: Staff & { readonly progress: (done: number, total: number) => void },
  stop: AbortSignal,
): Promise<void> {
  const questions = COLLECTIVE_QUERIES.map((handler) => ({ action: { handler }, settle: () => undefined }));
  const total = questions.length;
  const next = () => {
    options.progress(total - questions.length, total);
    return questions.shift();
  };
  // Several at once would share the processor, and each take as long as all.
  await serveBeforehand(next, { ...options, workers: 1 }, stop);
}

/**
 * What happens before anything is timed: takes one action after the other until there is none, or the signal is aborted.
 * @throws the fault of a store that takes nothing
 */
async function serveBeforehand(
  next: () => ChosenAction | undefined,
  { counter, outage, pace, workers }: Staff,
  stop: AbortSignal,
): Promise<Tally> {
  const tally = new Tally();
  using stopping = new Stopping(PATIENCE, pace);
  const begin = () => stopping.begin(true);
  stop.addEventListener('abort', begin, { once: true });
  if (stop.aborted) begin();
  const { operations, lookups } = stopping;
  const service = {
    tally,
    operations,
    lookups,
    isEndWanted: () => stop.aborted,
    reopened: () => undefined,
  };
  let failures = 0;

  async function work(): Promise<void> {
    while (await canGoOn(outage, stop)) {
      const chosen = next();
      if (chosen === undefined) return;
      const { outcome, fault } = await counter.serve(chosen, service);
      failures = outcome === 'failed' ? failures + 1 : 0;
      if (failures >= MOST_FAILURES && outage.isOpen) throw fault;
    }
  }

  try {
    await Promise.all(Array.from({ length: workers }, work));
  } finally {
    stop.removeEventListener('abort', begin);
  }
  return tally;
}

async function canGoOn(outage: OutageWatch, stop: AbortSignal): Promise<boolean> {
  if (stop.aborted) return false;
  try {
    await outage.untilOpen(stop);
    return true;
  } catch (error) {
    // The simulation ends, and says why.
    if (stop.aborted || error instanceof DatabaseGoneError) return false;
    throw error;
  }
}
