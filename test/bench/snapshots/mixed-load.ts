import { setTimeout as delay } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { ConcurrencyConflictError } from '../../../server/eventstore/errors.ts';
import { commandHandler } from '../../../server/handling/command-handler.ts';
import { queryHandler } from '../../../server/handling/query-handler.ts';
import type { SnapshotFigures } from '../../../server/handling/snapshots/snapshot-figures.ts';
import { SnapshotKeeper } from '../../../server/handling/snapshots/snapshot-keeper.ts';
import { snapshotting } from '../../../server/handling/snapshots/snapshotting.ts';
import { createRandom, type Random } from '../../../server/lib/random.ts';
import { booksInCirculation } from '../../../server/library/books-in-circulation/books-in-circulation.ts';
import type { BookID, ReaderID } from '../../../server/library/events.ts';
import { lendBookCopyToReader } from '../../../server/library/lend-book-copy-to-reader/lend-book-copy-to-reader.ts';
import { registeredReaders } from '../../../server/library/registered-readers/registered-readers.ts';
import { returnBookCopyFromReader } from '../../../server/library/return-book-copy-from-reader/return-book-copy-from-reader.ts';
import { uuidOf } from '../../../server/workload/uuid.ts';
import { type Percentiles, percentilesOf } from '../eventstore/percentiles.ts';
import { progress } from '../eventstore/progress.ts';
import type { Scene } from './scene.ts';

type Choose = (random: Random) => { readonly bookID: BookID; readonly readerID: ReaderID };

/** What many readers and writers at once made of the snapshots. */
export interface LoadReport {
  readonly seconds: number;
  readonly commands: number;
  readonly conflicts: number;
  readonly queries: number;
  /** Of `BooksInCirculation`, milliseconds. */
  readonly queryTimes: Percentiles;
  readonly hitRate: number;
  readonly figures: SnapshotFigures;
  /** Megabytes of heap in use after a collection, from the start to the end. */
  readonly heap: readonly number[];
}

const WRITERS = 6;
const READERS = 2;
const SAMPLES = 12;
/** A deployment every so often: the states in memory are gone. */
const RESTARTS = 4;

/** Writers who lend and return as fast as they can beside readers, with restarts in between. */
export async function mixedLoad(scene: Scene, minutes: number): Promise<LoadReport> {
  const load = new MixedLoad(scene);
  const seconds = minutes * 60;
  const over = new AbortController();
  const workers = await load.start(over.signal);
  const heap = [heapMegabytes()];
  for (let sample = 1; sample <= SAMPLES; sample += 1) {
    await delay((seconds / SAMPLES) * 1_000);
    heap.push(heapMegabytes());
    progress(`load: ${Math.round((seconds * sample) / SAMPLES)} s, heap ${heap.at(-1)} MB`);
    if (sample % (SAMPLES / RESTARTS) === 0 && sample < SAMPLES) load.restart();
  }
  over.abort();
  await Promise.all(workers);
  return { seconds, ...(await load.report()), heap };
}

class MixedLoad {
  readonly #scene: Scene;
  readonly #keeper: SnapshotKeeper;
  readonly #random = createRandom(11);
  readonly #times: number[] = [];
  #commands = 0;
  #conflicts = 0;
  #queries = 0;

  constructor(scene: Scene) {
    this.#scene = scene;
    const { store } = scene;
    this.#keeper = new SnapshotKeeper({ store, inventory: store });
  }

  restart(): void {
    this.#keeper.forget();
  }

  async start(signal: AbortSignal): Promise<Promise<void>[]> {
    const { store } = this.#scene;
    const readers = (await queryHandler(registeredReaders, { store }).handle({})).result.readers;
    const books = [...(await this.#scene.state()).keys()];
    const choose: Choose = (random) => ({
      bookID: random.pick(books),
      readerID: random.pick(readers).readerID,
    });
    const writing = Array.from({ length: WRITERS }, (_, writer) => this.#write(signal, choose, writer));
    const reading = Array.from({ length: READERS }, () => this.#read(signal));
    return [...writing, ...reading];
  }

  async report(): Promise<Omit<LoadReport, 'seconds' | 'heap'>> {
    await this.#keeper.settled();
    const figures = this.#keeper.figures();
    const uses = Object.values(figures.handlers);
    const all = uses.reduce((sum, { warm, stored, rebuilt }) => sum + warm + stored + rebuilt, 0);
    const rebuilt = uses.reduce((sum, use) => sum + use.rebuilt, 0);
    return {
      commands: this.#commands,
      conflicts: this.#conflicts,
      queries: this.#queries,
      queryTimes: percentilesOf(this.#times),
      hitRate: all === 0 ? 1 : 1 - rebuilt / all,
      figures,
    };
  }

  async #write(signal: AbortSignal, choose: Choose, writer: number): Promise<void> {
    const { store } = this.#scene;
    const lend = commandHandler(lendBookCopyToReader, { store });
    const giveBack = commandHandler(returnBookCopyFromReader, { store });
    for (let turn = 0; !signal.aborted; turn += 1) {
      const { bookID, readerID } = choose(this.#random);
      const id = uuidOf(`${writer} ${turn}`);
      const metadata = { MessageID: id, CausationID: id, CorrelationID: id };
      const command = { bookID, readerID, occurredAt: new Date(), metadata };
      await this.#count(lend.handle(command));
      await this.#count(giveBack.handle(command));
    }
  }

  async #count(command: Promise<unknown>): Promise<void> {
    try {
      await command;
      this.#commands += 1;
    } catch (fault) {
      if (!(fault instanceof ConcurrencyConflictError)) throw fault;
      this.#conflicts += 1;
    }
  }

  async #read(signal: AbortSignal): Promise<void> {
    const { store } = this.#scene;
    const books = snapshotting(queryHandler(booksInCirculation, { store }), booksInCirculation, this.#keeper);
    const readers = snapshotting(queryHandler(registeredReaders, { store }), registeredReaders, this.#keeper);
    while (!signal.aborted) {
      const since = performance.now();
      await books.handle({});
      this.#times.push(performance.now() - since);
      await readers.handle({});
      this.#queries += 2;
      await delay(20);
    }
  }
}

function heapMegabytes(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  return Math.round(process.memoryUsage().heapUsed / 1e5) / 10;
}
