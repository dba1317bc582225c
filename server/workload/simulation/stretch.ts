import { performance } from 'node:perf_hooks';
import type { Random } from '../../lib/random.ts';
import { arrivals } from './arrivals.ts';
import { isGrowing, watchBacklog } from './backlog-watch.ts';
import type { Counter } from './counter.ts';
import { DatabaseGoneError } from './faults.ts';
import type { LibraryActors } from './library-actors.ts';
import { OpenLoop } from './open-loop.ts';
import type { OutageWatch } from './outage-watch.ts';
import type { Pace } from './pace.ts';
import type { Rhythm } from './simulation-options.ts';
import { PATIENCE, Stopping } from './stopping.ts';
import type { Tally } from './tally.ts';

/** Who takes part in a simulation. */
export interface Cast {
  readonly actors: LibraryActors;
  readonly counter: Counter;
  readonly outage: OutageWatch;
  readonly tally: Tally;
  readonly pace: Pace;
  /** When people come. */
  readonly random: Random;
}

export interface StretchOptions {
  readonly rate: number;
  readonly seconds: number;
  readonly workers: number;
  readonly rhythm: Rhythm;
  readonly dayMicros: number;
}

/** What came of a stretch; rates are per second. */
export interface StretchFigures {
  readonly seconds: number;
  readonly arrived: number;
  readonly served: number;
  readonly unserved: number;
  /** Of those who came, how many still waited when the time was up, 0 to 1; and whether they became more and more. */
  readonly unservedShare: number;
  readonly isBacklogGrowing: boolean;
  readonly longestWaitMicros: number;
  /** Share of the time in which this thread was busy. */
  readonly busy: number;
}

/** A time in which people come at one rate. Latencies are those since it began. */
export class Stretch {
  readonly #cast: Cast;
  readonly #options: StretchOptions;
  readonly #loop: OpenLoop;
  readonly #stopping: Stopping;
  readonly #startMicros: number;
  #isEndWanted = false;

  constructor(cast: Cast, options: StretchOptions) {
    const { pace, counter, actors, outage, tally, random } = cast;
    this.#cast = cast;
    this.#options = options;
    this.#startMicros = pace.clock.monotonicMicros();
    this.#stopping = new Stopping(PATIENCE, pace);
    const { operations, lookups } = this.#stopping;
    const service = {
      tally,
      operations,
      lookups,
      isEndWanted: () => this.#isEndWanted,
      reopened: () => this.#loop.resume(),
    };
    this.#loop = new OpenLoop({
      pace,
      arrivals: arrivals(options, random),
      durationMicros: options.seconds * 1e6,
      workers: options.workers,
      isOpen: () => outage.isOpen,
      lagged: (micros) => tally.lag.record(micros),
      serve: async (arrival) => {
        const chosen = actors.next(arrival.startedMicros - this.#startMicros);
        await counter.serve(chosen, service, arrival);
      },
    });
  }

  /** Those who wait. */
  get backlog(): number {
    return this.#loop.backlog;
  }

  get inFlight(): number {
    return this.#loop.inFlight;
  }

  /** Ends when the time is up or the signal is aborted, and what is under way is done or broken off. */
  async run(stop: AbortSignal): Promise<StretchFigures> {
    const { tally, pace } = this.#cast;
    using stopping = this.#stopping;
    tally.beginWindow();
    const endedBefore = tally.ended;
    const begunBefore = tally.begun;
    const before = performance.eventLoopUtilization();
    const elapsed = () => (pace.clock.monotonicMicros() - this.#startMicros) / 1e6;
    const open = new AbortController();
    const backlog = () => this.backlog;
    const watching = watchBacklog({ pace, seconds: this.#options.seconds, backlog }, open.signal);
    let openSeconds = 0;
    const hurry = () => {
      this.#isEndWanted = !(stop.reason instanceof DatabaseGoneError);
      stopping.begin(true);
    };
    stop.addEventListener('abort', hurry, { once: true });
    if (stop.aborted) hurry();
    const { waitedMicros } = await this.#loop
      .run(stop, () => {
        openSeconds = elapsed();
        open.abort();
        if (!stop.aborted) stopping.begin(false);
      })
      .finally(() => stop.removeEventListener('abort', hurry));
    for (const waited of waitedMicros) tally.gaveUp(waited);
    const seconds = elapsed();
    const arrivals = tally.begun - begunBefore + waitedMicros.length;
    return {
      seconds,
      arrived: arrivals / Math.max(openSeconds, 1e-6),
      served: (tally.ended - endedBefore) / seconds,
      unserved: waitedMicros.length,
      unservedShare: waitedMicros.length / Math.max(arrivals, 1),
      isBacklogGrowing: isGrowing(await watching, arrivals),
      longestWaitMicros: waitedMicros[0] ?? 0,
      busy: performance.eventLoopUtilization(before).utilization,
    };
  }
}
