import { readFile } from 'node:fs/promises';
import type pg from 'pg';
import { percentilesOf } from './percentiles.ts';

/** CPU time of one operation, microseconds. */
export interface CpuTime {
  readonly client: number;
  /** Of the one PostgreSQL process behind the pool's only busy connection; unknown where there is no /proc. */
  readonly server: number | undefined;
}

interface Way {
  readonly pool: pg.Pool;
  readonly operation: () => Promise<unknown>;
}

const BLOCKS = 40;

/**
 * In blocks of operations in turn, as the clocks are too coarse for one operation; the median of the blocks, as V8's
 * compiler and collector work in bursts. What the operation prepares counts.
 */
export async function cpuTimes<Name extends string>(
  ways: Readonly<Record<Name, Way>>,
  operations: number,
): Promise<Record<Name, CpuTime>> {
  const blocks = new Map((Object.keys(ways) as Name[]).map((name) => [name, [] as Spent[]]));
  const perBlock = Math.ceil(operations / BLOCKS);
  for (let block = -1; block < BLOCKS; block++) {
    const order = block % 2 === 0 ? [...blocks] : [...blocks].reverse();
    for (const [name, spent] of order) {
      const once = await spentBy(ways[name], perBlock);
      if (block >= 0) spent.push(once);
    }
  }
  return Object.fromEntries([...blocks].map(([name, spent]) => [name, medianOf(spent)])) as Record<
    Name,
    CpuTime
  >;
}

interface Spent {
  readonly client: number;
  /** Not a number where it is unknown. */
  readonly server: number;
}

function medianOf(spent: readonly Spent[]): CpuTime {
  const server = percentilesOf(spent.map((block) => block.server)).p50;
  const client = percentilesOf(spent.map((block) => block.client)).p50;
  return { client, server: Number.isNaN(server) ? undefined : server };
}

async function spentBy({ pool, operation }: Way, count: number): Promise<Spent> {
  const backend = await backendOf(pool);
  const serverBefore = await microsecondsOf(backend);
  const before = process.cpuUsage();
  for (let done = 0; done < count; done++) await operation();
  const { user, system } = process.cpuUsage(before);
  const server = (await microsecondsOf(backend)) - serverBefore;
  return { client: (user + system) / count, server: server / count };
}

// One operation at a time always gets the connection that was used last.
async function backendOf(pool: pg.Pool): Promise<number> {
  const { rows } = await pool.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  return rows[0]?.pid ?? 0;
}

/** The scheduler's own account, in nanoseconds. */
async function microsecondsOf(pid: number): Promise<number> {
  if (process.platform !== 'linux') return Number.NaN;
  const [nanoseconds] = (await readFile(`/proc/${pid}/schedstat`, 'utf8')).split(' ');
  return Number(nanoseconds) / 1_000;
}
