import { createRandom, type Random } from '../../lib/random.ts';
import type { LibraryWorldRead } from '../read-library-world.ts';
import { countStoredEvents } from './count-stored.ts';
import { Counter } from './counter.ts';
import type { DatabaseGoneError } from './faults.ts';
import { LibraryActors } from './library-actors.ts';
import { LibraryDesk } from './library-desk.ts';
import { OutageWatch } from './outage-watch.ts';
import { probe } from './probe.ts';
import type { RateSearch } from './rate-search.ts';
import { SecondSeries } from './second-series.ts';
import type { SimulationDependencies, SimulationResult } from './simulation-dependencies.ts';
import type { SimulationOptions } from './simulation-options.ts';
import { Stretch, type StretchFigures } from './stretch.ts';
import { summarise } from './summarise.ts';
import { Tally } from './tally.ts';
import { tuneRate } from './tune-rate.ts';
import { foldHistories, type Growth, growLibrary } from './warm-up.ts';

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

/** One simulation from its begin to its summary. */
export class Simulation {
  readonly #options: SimulationOptions;
  readonly #dependencies: SimulationDependencies;
  readonly #read: Omit<LibraryWorldRead, 'world'>;
  readonly #actors: LibraryActors;
  readonly #counter: Counter;
  /** Where nothing goes wrong on purpose: before anything is measured. */
  readonly #quietCounter: Counter;
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
    const ids = random(IDS);
    const counter = { outage: this.#outage, pace, log };
    this.#quietCounter = new Counter({
      ...counter,
      desk: new LibraryDesk({ ...dependencies, store: plainStore, random: ids }),
    });
    const request = dirtyWorld && { request: dirtyWorld.request.bind(dirtyWorld) };
    const desk = new LibraryDesk({ ...dependencies, random: ids, ...request });
    this.#counter = new Counter({ ...counter, desk, ...dirty });
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
    const { report, keeper } = this.#dependencies;
    const staff = {
      counter: this.#quietCounter,
      outage: this.#outage,
      pace: this.#dependencies.pace,
      workers,
    };
    const growth = await growLibrary(
      {
        ...staff,
        actors: this.#actors,
        books,
        readers,
        progress: (done, total) => report.progress('Growing the library', done, total),
      },
      this.#stop.signal,
    );
    if (keeper !== undefined) {
      const progress = (done: number, total: number) => report.progress('Folding histories', done, total);
      await foldHistories({ ...staff, progress }, this.#stop.signal);
    }
    return growth;
  }

  async #live(): Promise<{ readonly search: RateSearch | undefined; readonly last: StretchFigures }> {
    const { rate, durationSeconds: seconds, p99BoundMillis } = this.#options;
    if (p99BoundMillis === undefined) return { search: undefined, last: await this.#liveFor(rate, seconds) };
    const { pace, report } = this.#dependencies;
    const liveFor = this.#liveFor.bind(this);
    return await tuneRate(
      {
        boundMicros: p99BoundMillis * 1000,
        rate,
        seconds,
        counter: this.#counter,
        tally: this.#tally,
        pace,
        liveFor,
        log: report.log,
      },
      this.#stop.signal,
    );
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

  async #stored(): Promise<number | undefined> {
    // It would not answer.
    if (this.#fault !== undefined) return undefined;
    const { countStored, pace, report } = this.#dependencies;
    return await countStoredEvents({
      countStored,
      after: this.#read.sequenceNumber,
      pace,
      isUrgent: this.#stop.signal.aborted,
      log: report.log,
    });
  }

  #now(): number {
    return this.#dependencies.pace.clock.monotonicMicros();
  }
}
