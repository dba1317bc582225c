import os from 'node:os';
import { createRandom } from '../../server/lib/random.ts';
import { BenchCluster } from './eventstore/bench-cluster.ts';
import { shuffle } from './eventstore/interleave.ts';
import { progress } from './eventstore/progress.ts';
import { keepReport } from './keep-report.ts';
import { bareCopy, run } from './seeding/bare-copy.ts';
import { peakMegabytes } from './seeding/peak-memory.ts';
import { histories, type SeedTimes, seedOnce } from './seeding/seed-once.ts';
import { type Summary, summarise } from './summary.ts';

const SIZES = [100_000, 1_000_000];
const ROUNDS = 3;
const AIM = 150_000;

interface SizeFigures {
  readonly events: number;
  /** Events per second of each way. */
  readonly rates: Readonly<Record<Way, Summary>>;
  /** Microseconds per event of the parts of a seed. */
  readonly parts: Readonly<Record<string, number>>;
  /** The most that the seeding process held, in MB. */
  readonly peakMegabytes: number;
}

const WAYS = ['seed', 'import beside others', 'bare COPY', 'histories alone'] as const;
type Way = (typeof WAYS)[number];

/**
 * How many events a second a seed makes and stores in the indexed table, against a bare COPY of the same rows from a file
 * of the server into an equal table, one after the other in turn; and what of it is the rows and each index.
 */
export async function benchmarkSeeding(): Promise<void> {
  await using cluster = await BenchCluster.start();
  const sizes: SizeFigures[] = [];
  for (const events of SIZES) {
    const figures = await measure(cluster, events);
    print(figures);
    sizes.push(figures);
  }
  const [least, most] = sizes.map(({ peakMegabytes }) => peakMegabytes);
  console.log(
    `memory at ${SIZES.at(-1)} ÷ at ${SIZES[0]} events: ${((most ?? 0) / (least ?? 1)).toFixed(2)}`,
  );
  await keepReport('seeding', {
    date: new Date().toISOString(),
    node: process.version,
    postgresql: cluster.version,
    cores: os.availableParallelism(),
    settings: await cluster.settings(),
    aim: AIM,
    sizes,
  });
}

async function measure(cluster: BenchCluster, events: number): Promise<SizeFigures> {
  await using bare = await bareCopy(cluster, events);
  const times: Record<Way, number[]> = {
    seed: [],
    'import beside others': [],
    'bare COPY': [],
    'histories alone': [],
  };
  const seeds: SeedTimes[] = [];
  let names: string[] = [];
  const work: Readonly<Record<Way, (url: string) => Promise<unknown>>> = {
    seed: async (url) => seeds.push(await seedOnce({ url, events, alone: true })),
    'import beside others': (url) => seedOnce({ url, events, alone: false }),
    'bare COPY': (url) => bare.into(url),
    'histories alone': async () => countOf(histories(events)),
  };
  const order: Way[] = [...WAYS];
  const { below } = createRandom(events);
  for (let round = 0; round < ROUNDS; round++) {
    shuffle(order, below);
    for (const way of order) {
      progress(`${way}, ${events} events`);
      await using database = await cluster.database(0);
      const startedAt = performance.now();
      await work[way](database.url());
      times[way].push(performance.now() - startedAt);
      if (way === 'seed') names = await run(database.url(), indexesSql);
    }
  }
  await using database = await cluster.database(0);
  return {
    events,
    rates: Object.fromEntries(
      WAYS.map((way) => [way, summarise(times[way].map((ms) => (events / ms) * 1_000))]),
    ) as Record<Way, Summary>,
    parts: partsOf(seeds, { names, events }),
    peakMegabytes: await peakMegabytes(database.url(), events),
  };
}

function countOf(batches: Iterable<readonly unknown[]>): number {
  let count = 0;
  for (const { length } of batches) count += length;
  return count;
}

// In the order in which they are built.
const indexesSql = `SELECT indexname FROM pg_indexes WHERE tablename = 'events' AND indexname <> 'events_pkey' ORDER BY 1`;

function partsOf(
  seeds: readonly SeedTimes[],
  { names, events }: { readonly names: readonly string[]; readonly events: number },
): Record<string, number> {
  const median = (part: (times: SeedTimes) => number) => (summarise(seeds.map(part)).median * 1_000) / events;
  return {
    'histories, wire and rows': median(({ rows }) => rows),
    ...Object.fromEntries(names.map((name, index) => [name, median(({ indexes }) => indexes[index] ?? 0)])),
    commit: median(({ commit }) => commit),
  };
}

function print({ events, rates, parts, peakMegabytes }: SizeFigures): void {
  console.log(`${events.toLocaleString('en')} events`);
  for (const [way, { min, median, max }] of Object.entries(rates)) {
    const [low, middle, high] = [min, median, max].map((rate) => Math.round(rate).toLocaleString('en'));
    const aim = way === 'seed' ? `, aim ${AIM.toLocaleString('en')}` : '';
    console.log(`  ${way.padEnd(24)} ${middle} events/s (${low}–${high})${aim}`);
  }
  const ratio = rates.seed.median / rates['bare COPY'].median;
  console.log(`  seed ÷ bare COPY into the indexed table: ${ratio.toFixed(2)}`);
  for (const [part, micros] of Object.entries(parts)) {
    console.log(`    ${part.padEnd(24)} ${micros.toFixed(2)} µs/event`);
  }
  console.log(`  memory of the seeding process: ${peakMegabytes.toFixed(0)} MB at most`);
}
