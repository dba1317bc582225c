import { describeError } from '../../lib/describe-error.ts';
import { createRandom, type Random } from '../../lib/random.ts';
import type { LibraryWorldRead } from '../read-library-world.ts';
import { Counter } from './counter.ts';
import type { DatabaseGoneError } from './faults.ts';
import { LibraryActors } from './library-actors.ts';
import { LibraryDesk } from './library-desk.ts';
import { OutageWatch } from './outage-watch.ts';
import { probe } from './probe.ts';
import { type RateSearch, searchRate, type TrialFigures } from './rate-search.ts';
import { SecondSeries } from './second-series.ts';
import type { SimulationDependencies, SimulationResult } from './simulation-dependencies.ts';
import type { SimulationOptions } from './simulation-options.ts';
import { Stretch, type StretchFigures } from './stretch.ts';
import { summarise } from './summarise.ts';
import { Tally } from './tally.ts';
import { type Growth, growLibrary } from './warm-up.ts';

/*
 * Streams of random numbers of their own, so that what is chosen does not depend on ids. They go on with the store: the
 * same seed on a store that has gone on means other books and readers, or a second simulation would add the books of the
 * first one once more.
 */
const CHOICES = 2 ** 28;
const ARRIVALS = 2 ** 29;
const IDS = 2 ** 30;

/** Readers find something when there are some more books than they can carry, and others come when some go. */
const BOOKS_PER_ACTIVE_READER = 10;
const READERS_PER_ACTIVE_READER = 2;

// A p99 needs some hundred operations, a backlog some seconds to show, and a search some trials.
const TRIAL_OPERATIONS = 400;
const SHORTEST_TRIAL_SECONDS = 3;
const LEAST_TRIALS = 8;
const MOST_RATE = 20_000;

/** Part of the time in which the rate that was found is measured in the end. */
const FINAL_SHARE = 0.25;

// The connection that is used for it may be one of those that have just broken; who stopped it does not want to wait.
const COUNTING_MICROS = 60e6;
const STOPPED_COUNTING_MICROS = 1.5e6;
const COUNTING_PAUSE_MICROS = 250_000;

/** One simulation from its begin to its summary. */
export class Simulation {
  readonly #options: SimulationOptions;
  readonly #dependencies: SimulationDependencies;
  readonly #read: Omit<LibraryWorldRead, 'world'>;
  readonly #actors: LibraryActors;
  readonly #counter: Counter;
  readonly #outage: OutageWatch;
  readonly #tally = new Tally();
  readonly #arrivals: Random;
  /** Aborted when nothing more is to be begun, whoever wants that. */
  readonly #stop = new AbortController();
  /** Aborted when all is over. */
  readonly #life = new AbortController();
  readonly #dayMicros: number;
  #fault: DatabaseGoneError | undefined;
  #stretch: Stretch | undefined;

  constructor(options: SimulationOptions, dependencies: SimulationDependencies, read: LibraryWorldRead) {
    const { pace, plainStore, report, dirtyWorld } = dependencies;
    const { seed, durationSeconds, daySeconds = durationSeconds, outageSeconds } = options;
    // A search compares rates: each trial must see the same library.
    this.#options = options.p99BoundMillis === undefined ? options : { ...options, rhythm: 'steady' };
    this.#dependencies = dependencies;
    this.#read = read;
    this.#dayMicros = daySeconds * 1e6;
    const random = (stream: number) => createRandom(seed, stream + read.sequenceNumber);
    this.#arrivals = random(ARRIVALS);
    const dirty = dirtyWorld && { dirtyWorld };
    this.#actors = new LibraryActors(this.#options, {
      world: read.world,
      random: random(CHOICES),
      dayMicros: this.#dayMicros,
      ...(dirtyWorld && { troublemaker: dirtyWorld }),
    });
    const { log } = report;
    this.#outage = new OutageWatch({
      pace,
      probe: (signal) => probe(plainStore, signal),
      maxSeconds: outageSeconds,
      signal: this.#life.signal,
      log,
    });
    const desk = new LibraryDesk({
      ...dependencies,
      random: random(IDS),
      ...(dirtyWorld && { request: dirtyWorld.request.bind(dirtyWorld) }),
    });
    this.#counter = new Counter({ desk, outage: this.#outage, pace, log, ...dirty });
  }

  async run(signal: AbortSignal): Promise<SimulationResult> {
    const stop = () => this.#stop.abort(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    this.#outage.gone.catch((gone: DatabaseGoneError) => {
      this.#fault = gone;
      this.#stop.abort(gone);
    });
    try {
      const growth = await this.#grow();
      const { conflicts } = this.#dependencies;
      const conflictsBefore = conflicts();
      const series = new SecondSeries(this.#tally, conflictsBefore);
      const over = new AbortController();
      const ticking = this.#tick(series, over.signal);
      const { search, last } = await this.#live().finally(() => over.abort());
      await ticking;
      const stored = await this.#stored();
      const summary = summarise({
        end: this.#fault !== undefined ? 'database_gone' : signal.aborted ? 'stopped' : 'finished',
        options: this.#options,
        warmUp: { eventsRead: this.#read.eventsRead, ...growth },
        tally: this.#tally,
        last,
        conflicts: conflicts() - conflictsBefore,
        outages: this.#outage.outages,
        population: this.#actors.population,
        search,
        stored,
        injected: this.#dependencies.dirtyWorld?.injected,
      });
      return { summary, series: series.seconds, ...(this.#fault && { fault: this.#fault }) };
    } finally {
      this.#life.abort();
      signal.removeEventListener('abort', stop);
    }
  }

  async #grow(): Promise<Growth> {
    const { activeReaders, workers } = this.#options;
    const { books = activeReaders * BOOKS_PER_ACTIVE_READER } = this.#options;
    const { readers = activeReaders * READERS_PER_ACTIVE_READER } = this.#options;
    const { pace, report } = this.#dependencies;
    return await growLibrary(
      {
        actors: this.#actors,
        counter: this.#counter,
        outage: this.#outage,
        pace,
        workers,
        books,
        readers,
        progress: (done, total) => report.progress('Growing the library', done, total),
      },
      this.#stop.signal,
    );
  }

  async #live(): Promise<{ readonly search: RateSearch | undefined; readonly last: StretchFigures }> {
    const { rate, durationSeconds, p99BoundMillis } = this.#options;
    if (p99BoundMillis === undefined) {
      return { search: undefined, last: await this.#liveFor(rate, durationSeconds) };
    }
    // The first rate that is tried must not pay for cold code and cold snapshots.
    await this.#liveFor(rate, SHORTEST_TRIAL_SECONDS);
    const search = await this.#search(
      p99BoundMillis * 1000,
      durationSeconds * (1 - FINAL_SHARE) - SHORTEST_TRIAL_SECONDS,
    );
    const { trials } = search;
    const lowest = trials.reduce((least, trial) => Math.min(least, trial.rate), rate);
    const last = await this.#liveFor(search.rate || lowest, durationSeconds * FINAL_SHARE);
    return { search, last };
  }

  async #liveFor(rate: number, seconds: number): Promise<StretchFigures> {
    const { workers, rhythm } = this.#options;
    const cast = {
      actors: this.#actors,
      counter: this.#counter,
      outage: this.#outage,
      tally: this.#tally,
      pace: this.#dependencies.pace,
      random: this.#arrivals,
    };
    const stretch = new Stretch(cast, { rate, seconds, workers, rhythm, dayMicros: this.#dayMicros });
    this.#stretch = stretch;
    return await stretch.run(this.#stop.signal);
  }

  async #search(boundMicros: number, seconds: number): Promise<RateSearch> {
    const { rate } = this.#options;
    const deadline = this.#now() + seconds * 1e6;
    const measure = async (tried: number): Promise<TrialFigures> => {
      const [faults, ended] = [this.#counter.faults, this.#tally.ended];
      const wanted = Math.min(TRIAL_OPERATIONS / tried, seconds / LEAST_TRIALS);
      const { served } = await this.#liveFor(tried, Math.max(SHORTEST_TRIAL_SECONDS, wanted));
      const failed = (this.#counter.faults - faults) / Math.max(1, this.#tally.ended - ended);
      const p99Micros = this.#tally.response.figures?.p99Micros ?? 0;
      this.#dependencies.report.log(
        `${tried.toFixed(0)} operations/s: p99 ${(p99Micros / 1000).toFixed(1)} ms, ${served.toFixed(0)}/s served.`,
      );
      return { served, p99Micros, failed };
    };
    const isTimeUp = () => this.#stop.signal.aborted || this.#now() >= deadline;
    return await searchRate({ boundMicros, first: rate, most: MOST_RATE, measure, isTimeUp });
  }

  /** Tells each second what happened in it. */
  async #tick(series: SecondSeries, over: AbortSignal): Promise<void> {
    const { pace, report, conflicts } = this.#dependencies;
    const { durationSeconds } = this.#options;
    const start = this.#now();
    while (!over.aborted) {
      await pace.sleepUntil(start + (series.seconds.length + 1) * 1e6, over);
      if (over.aborted) return;
      const { backlog = 0, inFlight = 0 } = this.#stretch ?? {};
      report.second(series.next({ conflicts: conflicts(), backlog, inFlight }));
      report.progress('Simulating', Math.min(series.seconds.length, durationSeconds), durationSeconds);
    }
  }

  /** Undefined when the database cannot be asked, or does not answer in time. */
  async #stored(): Promise<number | undefined> {
    const patience = this.#stop.signal.aborted ? STOPPED_COUNTING_MICROS : COUNTING_MICROS;
    const deadline = this.#now() + patience;
    let why = 'it does not answer.';
    while (this.#fault === undefined && this.#now() < deadline) {
      const counted = await this.#counted(deadline);
      if (typeof counted === 'number') return counted;
      why = counted ?? why;
      await this.#dependencies.pace.sleepUntil(this.#now() + COUNTING_PAUSE_MICROS, this.#life.signal);
    }
    if (this.#fault === undefined)
      this.#dependencies.report.log(`The events in the store could not be counted: ${why}`);
    return undefined;
  }

  /** Why not, as a sentence; undefined when the time was up. */
  async #counted(deadline: number): Promise<number | string | undefined> {
    const { countStored, pace } = this.#dependencies;
    const over = new AbortController();
    const counting = countStored(this.#read.sequenceNumber).catch(
      (error: unknown) => describeError(error).message,
    );
    const timeout = pace.sleepUntil(deadline, over.signal).then(() => undefined);
    return await Promise.race([counting, timeout]).finally(() => over.abort());
  }

  #now(): number {
    return this.#dependencies.pace.clock.monotonicMicros();
  }
}
