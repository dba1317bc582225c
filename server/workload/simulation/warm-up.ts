import type { Counter } from './counter.ts';
import { DatabaseGoneError } from './faults.ts';
import type { LibraryActors } from './library-actors.ts';
import type { OutageWatch } from './outage-watch.ts';
import type { Pace } from './pace.ts';
import { PATIENCE, Stopping } from './stopping.ts';
import { Tally } from './tally.ts';

export interface GrowthOptions {
  readonly actors: LibraryActors;
  readonly counter: Counter;
  readonly outage: OutageWatch;
  readonly pace: Pace;
  readonly workers: number;
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
  const { actors, counter, outage, pace, workers, books, readers, progress } = options;
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
  const missing = () => actors.missing(books, readers);
  const total = missing();
  const start = pace.clock.monotonicMicros();
  let failures = 0;

  async function work(): Promise<void> {
    while (await canGoOn(outage, stop)) {
      const chosen = actors.grow(books, readers);
      if (chosen === undefined) return;
      progress(Math.max(0, total - missing()), total);
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
  const seconds = (pace.clock.monotonicMicros() - start) / 1e6;
  return { commands: tally.ended, eventsAppended: tally.eventsAppended, seconds };
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
