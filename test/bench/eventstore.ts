import os from 'node:os';
import { type Arena, openArena } from './eventstore/arena.ts';
import { BenchCluster } from './eventstore/bench-cluster.ts';
import type { BenchBooks } from './eventstore/books.ts';
import { type CpuReport, clientCpu } from './eventstore/client-cpu.ts';
import { concurrentClients } from './eventstore/concurrent-clients.ts';
import { achieved, type Figure, isReached } from './eventstore/figure.ts';
import { instrumentationCost } from './eventstore/instrumentation-cost.ts';
import { type BenchOptions, benchOptions, type Section, usage } from './eventstore/options.ts';
import { driftOf, planStability, type StabilityFigure } from './eventstore/plan-stability.ts';
import { printPlans } from './eventstore/plans.ts';
import { heading, lineOf } from './eventstore/print-figure.ts';
import { progress } from './eventstore/progress.ts';
import { type ReplayRates, replays } from './eventstore/replay.ts';
import { singleOperations } from './eventstore/single-operations.ts';
import { storeSizes } from './eventstore/store-sizes.ts';
import { keepReport } from './keep-report.ts';

const SMALLER = [100, 10];

/**
 * What safety costs: the event store against the same work done by hand (see raw-store.ts), operation by operation in
 * turn on the same database. Ends with code 0 whether or not an aim was missed: the machine may be busy.
 */
export async function benchmarkEventStore(): Promise<void> {
  const options = optionsOrExit();
  await using cluster = await BenchCluster.start(options.keep);
  if (options.plans) {
    await using database = await cluster.database(options.events);
    return await printPlans(database.url());
  }
  const bench = new Bench(cluster, options);
  await bench.measureAll();
  await keepReport('eventstore', await bench.report());
}

class Bench {
  readonly #cluster: BenchCluster;
  readonly #options: BenchOptions;
  readonly #figures: Figure[] = [];
  readonly #stability: StabilityFigure[] = [];
  #cpu: CpuReport['times'] = {};
  #replays: ReplayRates = {};

  constructor(cluster: BenchCluster, options: BenchOptions) {
    this.#cluster = cluster;
    this.#options = options;
  }

  async measureAll(): Promise<void> {
    console.log(heading);
    await this.#measureMany();
    if (this.#wants('sizes')) await this.#measureSizes();
    if (this.#wants('stability')) await this.#measureStability();
  }

  async report(): Promise<object> {
    const { events, rounds } = this.#options;
    return {
      date: new Date().toISOString(),
      node: process.version,
      postgresql: this.#cluster.version,
      platform: `${process.platform} ${process.arch}`,
      cores: os.availableParallelism(),
      cpu: os.cpus()[0]?.model,
      events,
      rounds,
      settings: await this.#cluster.settings(),
      figures: this.#figures.map((figure) => ({
        ...figure,
        achieved: achieved(figure),
        ok: isReached(figure),
      })),
      stability: this.#stability,
      cpuMicrosecondsPerOperation: this.#cpu,
      replayEventsPerSecond: this.#replays,
    };
  }

  async #measureMany(): Promise<void> {
    const { events, rounds } = this.#options;
    await using database = await this.#cluster.database(events);
    const url = database.url();
    await using arena = await openArena(url, events);
    if (this.#wants('single')) await this.#note(singleOperations(arena, rounds));
    if (this.#wants('clients')) await this.#note(concurrentClients(arena));
    if (this.#wants('replay')) await this.#measureReplays(arena);
    if (this.#wants('cpu')) await this.#measureCpu(arena);
    if (this.#wants('instrumentation')) await this.#note(instrumentationCost(arena, { url, rounds }));
  }

  async #measureReplays(arena: Arena): Promise<void> {
    const { figures, rates } = await replays(arena);
    this.#replays = rates;
    await this.#note(figures);
    for (const [way, rate] of Object.entries(rates)) {
      console.log(`    ${way.padEnd(40)} ${Math.round(rate).toLocaleString('en')} events/s`);
    }
  }

  async #measureCpu(arena: Arena): Promise<void> {
    const { figures, times } = await clientCpu(arena, this.#options.rounds);
    this.#cpu = times;
    await this.#note(figures);
    for (const [way, { client, server }] of Object.entries(times)) {
      const ofServer = server === undefined ? '' : `, server ${server.toFixed(0)} µs`;
      console.log(`    CPU of one ${way}: client ${client.toFixed(0)} µs${ofServer}`);
    }
  }

  async #measureSizes(): Promise<void> {
    const { events, rounds } = this.#options;
    await using stack = new AsyncDisposableStack();
    const arenas: Arena[] = [];
    for (const size of [...SMALLER.map((divisor) => events / divisor), events]) {
      const database = stack.use(await this.#cluster.database(size));
      arenas.push(stack.use(await openArena(database.url(), size)));
    }
    await this.#note(storeSizes(arenas, rounds));
  }

  async #measureStability(): Promise<void> {
    const { events, rounds, appends } = this.#options;
    await using database = await this.#cluster.database(events);
    const stage = {
      rounds,
      appends,
      open: (books?: BenchBooks) => openArena(database.url(), events, books),
      restart: () => this.#cluster.restart(),
    };
    for await (const figure of planStability(stage)) {
      this.#stability.push(figure);
      console.log(lineOf(figure));
    }
    for (const line of driftOf(this.#stability)) console.log(`    ${line}`);
  }

  async #note(figures: AsyncIterable<Figure> | Iterable<Figure>): Promise<void> {
    for await (const figure of figures) {
      this.#figures.push(figure);
      console.log(lineOf(figure));
    }
  }

  #wants(section: Section): boolean {
    if (!this.#options.only.includes(section)) return false;
    progress(`section ${section}`);
    return true;
  }
}

function optionsOrExit(): BenchOptions {
  try {
    return benchOptions(process.argv.slice(3));
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n${usage}`);
    process.exit(2);
  }
}
