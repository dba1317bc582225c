import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { startEmbeddedPostgres } from '../../server/database/embedded/embedded-postgres.ts';
import { createServerClient } from '../../server/protocol/client.ts';
import { temporaryDirectory } from '../db/support/temporary-directory.ts';
import { millisecondsToDraw } from './drawing.ts';
import { keepReport } from './keep-report.ts';
import { millisecondsOfNpmStart, startServer } from './server-under-test.ts';
import { type Summary, summarise } from './summary.ts';

const FIRST_STARTS = 3;
const LATER_STARTS = 5;
const DRAWINGS = 5;
const CANCELS = 5;
const NODES = 20_000;
const IDLE_SECONDS = 5;

interface Figure extends Summary {
  readonly what: string;
  readonly unit: 'ms' | 'MB';
  readonly aim?: number;
}

/**
 * How long a user waits: for the first start (database made, 50,000 events seeded), for a later one, and from the end
 * of a profile run to its picture; and what an idle server keeps in memory. PostgreSQL alone, started on the same
 * data in turn with the server, is the reference for starts.
 */
export async function benchmarkStart(): Promise<void> {
  const first: number[] = [];
  for (let round = 0; round < FIRST_STARTS; round++) first.push(await firstStart());
  const { later, typed, reference, memory } = await laterStarts();
  const cancelled = await cancels();
  const drawn = await millisecondsToDraw({ nodes: NODES, times: DRAWINGS });
  const figures: Figure[] = [
    { what: 'first start, 50,000 events seeded', unit: 'ms', ...summarise(first) },
    { what: 'later start: npm start, to ready', unit: 'ms', aim: 2_000, ...summarise(typed) },
    { what: 'later start: the server alone', unit: 'ms', ...summarise(later) },
    { what: 'PostgreSQL alone on the same data', unit: 'ms', ...summarise(reference) },
    {
      what: `opening a finished profile of ${NODES} nodes, to its picture`,
      unit: 'ms',
      aim: 500,
      ...summarise(drawn),
    },
    {
      what: 'cancel of a running profile, until it is over',
      unit: 'ms',
      aim: 1_000,
      ...summarise(cancelled),
    },
    {
      what: 'memory of the idle server (RSS, without PostgreSQL)',
      unit: 'MB',
      aim: 120,
      ...summarise(memory),
    },
  ];
  const ratio = summarise(later).median / summarise(reference).median;
  print(figures);
  console.log(`later start ÷ PostgreSQL alone: ${ratio.toFixed(2)}`);
  await keepReport('start', { node: process.version, platform: process.platform, figures, ratio });
}

async function firstStart(): Promise<number> {
  await using workspace = await temporaryDirectory();
  await using server = await startServer(workspace.path);
  return server.millisecondsToReady;
}

async function laterStarts() {
  await using workspace = await temporaryDirectory();
  {
    await using _first = await startServer(workspace.path);
  }
  const later: number[] = [];
  const typed: number[] = [];
  const reference: number[] = [];
  const memory: number[] = [];
  for (let round = 0; round < LATER_STARTS; round++) {
    reference.push(await postgresAlone(workspace.path));
    typed.push(await millisecondsOfNpmStart(workspace.path));
    await using server = await startServer(workspace.path);
    later.push(server.millisecondsToReady);
    await new Promise((resolve) => setTimeout(resolve, IDLE_SECONDS * 1_000));
    memory.push(residentMegabytes(server.pid));
  }
  return { later, typed, reference, memory };
}

async function cancels(): Promise<number[]> {
  await using workspace = await temporaryDirectory();
  await using server = await startServer(workspace.path);
  const client = createServerClient(server);
  const measured: number[] = [];
  for (let round = 0; round < CANCELS; round++) {
    const { id } = await client.createRun({
      kind: 'profile',
      handler: 'BooksInCirculation',
      iterations: 10_000,
    });
    for await (const event of client.followRun(id)) {
      if (event.type === 'progress' && event.step.startsWith('Profiling')) break;
    }
    const askedAt = performance.now();
    await client.cancelRun(id);
    measured.push(performance.now() - askedAt);
  }
  return measured;
}

async function postgresAlone(workspace: string): Promise<number> {
  const startedAt = performance.now();
  const dataDirectory = path.join(workspace, '.eventstore-profiler/postgres');
  await using _postgres = await startEmbeddedPostgres({ dataDirectory, log: () => undefined });
  return performance.now() - startedAt;
}

function residentMegabytes(pid: number): number {
  return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) / 1024;
}

function print(figures: readonly Figure[]): void {
  for (const { what, unit, min, median, max, aim } of figures) {
    const range = `${median.toFixed(0)} ${unit} (${min.toFixed(0)}–${max.toFixed(0)})`;
    console.log(`${what.padEnd(58)} ${range}${aim === undefined ? '' : `, aim ≤ ${aim} ${unit}`}`);
  }
}
