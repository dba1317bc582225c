import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { startEmbeddedPostgres } from '../../../server/database/embedded/embedded-postgres.ts';
import { systemClock } from '../../../server/lib/clock.ts';
import { createRandom } from '../../../server/lib/random.ts';
import { StatementRecorder } from '../../../server/profiling/statements/statement-recorder.ts';
import { interleave, shuffle } from '../eventstore/interleave.ts';
import { unseenCopyOfPg } from './unseen-pg.ts';

interface StatementCost {
  readonly work: string;
  /** Median of one statement, without and with a recorder that observes it. */
  readonly bareMicros: number;
  readonly observedMicros: number;
  /** Median of the differences of rounds that followed each other; and between two that nobody observes. */
  readonly costMicros: number;
  readonly controlMicros: number;
}

export interface StatementsReport {
  readonly observer: readonly StatementCost[];
  readonly counters: CountersCost;
}

/** Microseconds of one small prepared statement, as its caller waits for it; medians. */
interface CountersCost {
  readonly withoutMicros: number;
  readonly withCountersMicros: number;
}

/** What it costs to observe SQL statements in the process, and to have PostgreSQL count them (`pg_stat_statements`). */
export async function benchmarkStatements(): Promise<StatementsReport> {
  await using stack = new AsyncDisposableStack();
  const folder = await mkdtemp(path.join(os.tmpdir(), 'bench-statements-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const started = async (name: string, settings: Readonly<Record<string, string>>) => {
    const dataDirectory = path.join(folder, name);
    const server = await startEmbeddedPostgres({ dataDirectory, settings, log: () => undefined });
    stack.defer(() => server.stop());
    return server.connectionString;
  };
  const counting = await started('counting', { shared_preload_libraries: 'pg_stat_statements' });
  const plain = await started('plain', { shared_preload_libraries: '' });
  const observer = await statementCosts(plain);
  const counters = await countersCost(plain, counting);
  for (const { work, bareMicros, costMicros, controlMicros } of observer) {
    console.log(
      `observing ${work}: ${costMicros.toFixed(1)} µs of CPU on top of ${bareMicros.toFixed(1)}; without an observer it would be ${controlMicros.toFixed(1)}`,
    );
  }
  const { withoutMicros, withCountersMicros } = counters;
  const ratio = (withCountersMicros / withoutMicros).toFixed(3);
  console.log(
    `pg_stat_statements: ${withCountersMicros.toFixed(1)} against ${withoutMicros.toFixed(1)} µs (${ratio})`,
  );
  return { observer, counters };
}

async function countersCost(plain: string, counting: string): Promise<CountersCost> {
  const clients = { plain: await connected(pg, plain), counting: await connected(pg, counting) };
  try {
    await clients.counting.query('CREATE EXTENSION pg_stat_statements');
    const statement = { name: 'one', text: 'SELECT $1::int', values: [1] };
    const way = (client: pg.Client) => () => client.query(statement);
    const ways = { plain: way(clients.plain), counting: way(clients.counting) };
    const times = await interleave({ prepare: () => undefined, ways }, { rounds: 5_000 });
    return { withoutMicros: times.plain.p50 * 1000, withCountersMicros: times.counting.p50 * 1000 };
  } finally {
    await clients.plain.end();
    await clients.counting.end();
  }
}

const ROUNDS = 60;
/** Until all are compiled. */
const WARM_UP = 15;
const STATEMENTS = 200;

type Work = (client: pg.Client) => Promise<unknown>;

const WORKS: readonly (readonly [work: string, statement: Work])[] = [
  ['a text', (client) => client.query('SELECT 1')],
  ['a text with values', (client) => client.query('SELECT $1::int', [1])],
  [
    'a prepared statement, 100 rows',
    (client) => client.query({ name: 'rows', text: 'SELECT generate_series(1, $1::int)', values: [100] }),
  ],
];

/**
 * What observing adds to a statement: rounds of the same statement by three copies of pg, by turns, one of them observed.
 * A copy that is observed in every other round would be compiled anew each time. The time of a round is the thread's own
 * CPU time, as waiting for PostgreSQL is none of the observer's.
 */
async function statementCosts(url: string): Promise<StatementCost[]> {
  const bare = await connected(unseenCopyOfPg(), url);
  const control = await connected(unseenCopyOfPg(), url);
  const observed = await connected(pg, url);
  using recorder = new StatementRecorder(systemClock, pg);
  try {
    const costs: StatementCost[] = [];
    for (const [work, statement] of WORKS) {
      const times = await interleaved({
        bare: () => round(() => statement(bare)),
        control: () => round(() => statement(control)),
        observed: () => recorder.ofOperation(0, () => round(() => statement(observed))),
      });
      costs.push({ work, ...times });
    }
    return costs;
  } finally {
    await bare.end();
    await control.end();
    await observed.end();
  }
}

async function connected({ Client }: Pick<typeof pg, 'Client'>, url: string): Promise<pg.Client> {
  const client = new Client({ connectionString: url });
  await client.connect();
  return client;
}

type Way = 'bare' | 'control' | 'observed';

async function interleaved(
  ways: Readonly<Record<Way, () => Promise<number>>>,
): Promise<Omit<StatementCost, 'work'>> {
  const times: Record<Way, number[]> = { bare: [], control: [], observed: [] };
  const order: Way[] = ['bare', 'control', 'observed'];
  const random = createRandom(ROUNDS);
  for (let turn = -WARM_UP; turn < ROUNDS; turn++) {
    shuffle(order, random.below);
    for (const way of order) {
      const micros = await ways[way]();
      if (turn >= 0) times[way].push(micros);
    }
  }
  const added = (way: Way) => median(times[way].map((micros, turn) => micros - (times.bare[turn] ?? 0)));
  return {
    bareMicros: median(times.bare),
    observedMicros: median(times.observed),
    costMicros: added('observed'),
    controlMicros: added('control'),
  };
}

/** CPU microseconds of one statement. */
async function round(statement: () => Promise<unknown>): Promise<number> {
  const before = process.threadCpuUsage();
  for (let at = 0; at < STATEMENTS; at++) await statement();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / STATEMENTS;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
