import type { EventStore, SnapshotInventory } from '../../../../server/eventstore/event-store.ts';
import type { OperationRecorder } from '../../../../server/handling/recording/operation-recorder.ts';
import { SnapshotKeeper } from '../../../../server/handling/snapshots/snapshot-keeper.ts';
import { systemClock } from '../../../../server/lib/clock.ts';
import { createRandom } from '../../../../server/lib/random.ts';
import { simulationRequestSchema } from '../../../../server/protocol/simulation-request.ts';
import { readLibraryWorld } from '../../../../server/workload/read-library-world.ts';
import { Counter } from '../../../../server/workload/simulation/counter.ts';
import { LibraryActors } from '../../../../server/workload/simulation/library-actors.ts';
import { LibraryDesk, type MakeRequest } from '../../../../server/workload/simulation/library-desk.ts';
import { OpenLoop } from '../../../../server/workload/simulation/open-loop.ts';
import { OutageWatch } from '../../../../server/workload/simulation/outage-watch.ts';
import { realPace } from '../../../../server/workload/simulation/pace.ts';
import { probe } from '../../../../server/workload/simulation/probe.ts';
import { PATIENCE, Stopping } from '../../../../server/workload/simulation/stopping.ts';
import { Tally } from '../../../../server/workload/simulation/tally.ts';
import { foldHistories, growLibrary } from '../../../../server/workload/simulation/warm-up.ts';
import { uuidOf } from '../../../../server/workload/uuid.ts';
import { progress } from '../../eventstore/progress.ts';

export interface ClosedLibraryOptions {
  readonly store: EventStore & SnapshotInventory;
  readonly recorder: OperationRecorder;
  readonly seed: number;
  readonly request?: MakeRequest;
}

/** As `simulate` takes them when nobody says anything, but that it is the same hour all the time. */
const OPTIONS = simulationRequestSchema.parse({ kind: 'simulation', rhythm: 'steady' });
const BOOKS = OPTIONS.activeReaders * 10;
const READERS = OPTIONS.activeReaders * 2;

/** Nobody waits for so long; the loop ends when all are served. */
const LONGEST_MICROS = 600e6;

const pace = realPace(systemClock);

/**
 * The simulated library with its people, counter and handlers, but the loop is closed: there is always somebody who waits,
 * so that how many are served in a second is a measure. The same seed on the same store gives the same people with the same wishes.
 */
export class ClosedLibrary implements Disposable {
  readonly #actors: LibraryActors;
  readonly #counter: Counter;
  readonly #outage: OutageWatch;
  readonly #tally = new Tally();
  readonly #over = new AbortController();

  private constructor(actors: LibraryActors, { store, recorder, seed, request }: ClosedLibraryOptions) {
    this.#actors = actors;
    this.#outage = new OutageWatch({
      pace,
      probe: (signal) => probe(store, signal),
      maxSeconds: 0,
      signal: this.#over.signal,
      log: progress,
    });
    const keeper = new SnapshotKeeper({ store, inventory: store, recorder });
    const desk = new LibraryDesk({
      store,
      plainStore: store,
      recorder,
      pace,
      keeper,
      random: createRandom(seed, 2),
      correlationID: uuidOf(`overhead ${seed}`),
      ...(request && { request }),
    });
    this.#counter = new Counter({ desk, outage: this.#outage, pace, log: progress });
  }

  /** Reads how the library stands, and lets it grow and fold its histories as a simulation does before it begins. */
  static async open(options: ClosedLibraryOptions): Promise<ClosedLibrary> {
    const { world } = await readLibraryWorld(options.store);
    const actorOptions = { ...OPTIONS, seed: options.seed };
    const random = createRandom(options.seed, 1);
    const actors = new LibraryActors(actorOptions, { world, random, dayMicros: LONGEST_MICROS });
    const library = new ClosedLibrary(actors, options);
    const staff = {
      counter: library.#counter,
      outage: library.#outage,
      pace,
      workers: OPTIONS.workers,
      progress: () => undefined,
    };
    await growLibrary({ ...staff, actors, books: BOOKS, readers: READERS }, library.#over.signal);
    await foldHistories(staff, library.#over.signal);
    return library;
  }

  /** Faults so far: of a store that loses operations no throughput is worth anything. */
  get faults(): number {
    return this.#counter.faults;
  }

  /** Serves so many people, as fast as the workers can. */
  async serve(operations: number): Promise<void> {
    using stopping = new Stopping(PATIENCE, pace);
    const everybody = new AbortController();
    const service = {
      tally: this.#tally,
      operations: stopping.operations,
      lookups: stopping.lookups,
      isEndWanted: () => false,
      reopened: () => loop.resume(),
    };
    let begun = 0;
    const loop = new OpenLoop({
      pace,
      arrivals: Array.from<number>({ length: operations }).fill(0).values(),
      durationMicros: LONGEST_MICROS,
      workers: OPTIONS.workers,
      isOpen: () => this.#outage.isOpen,
      lagged: (micros) => this.#tally.lag.record(micros),
      serve: async (arrival) => {
        begun += 1;
        if (begun === operations) everybody.abort();
        await this.#counter.serve(this.#actors.next(0), service, arrival);
      },
    });
    await loop.run(everybody.signal, () => undefined);
    if (begun < operations) throw new Error(`Only ${begun} of ${operations} were served`);
  }

  [Symbol.dispose](): void {
    this.#over.abort();
  }
}
