import { readFile } from 'node:fs/promises';
import type pg from 'pg';

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

const BLOCKS = 20;

/** In blocks of operations in turn, as the clocks are too coarse for one operation. What the operation prepares counts. */
export async function cpuTimes<Name extends string>(
  ways: Readonly<Record<Name, Way>>,
  operations: number,
): Promise<Record<Name, CpuTime>> {
  const names = Object.keys(ways) as Name[];
  const total = new Map(names.map((name) => [name, { client: 0, server: 0 }]));
  const perBlock = Math.ceil(operations / BLOCKS);
  for (let block = -1; block < BLOCKS; block++) {
    for (const name of block % 2 === 0 ? names : names.toReversed()) {
      const spent = await spentBy(ways[name], perBlock);
      const sum = total.get(name);
      if (block < 0 || !sum) continue;
      sum.client += spent.client / (BLOCKS * perBlock);
      sum.server += spent.server / (BLOCKS * perBlock);
    }
  }
  const known = ([name, { client, server }]: [Name, { client: number; server: number }]) =>
    [name, { client, server: Number.isNaN(server) ? undefined : server }] as const;
  return Object.fromEntries([...total].map(known)) as Record<Name, CpuTime>;
}

async function spentBy({ pool, operation }: Way, count: number) {
  const process_ = await backendOf(pool);
  const serverBefore = await microsecondsOf(process_);
  const before = process.cpuUsage();
  for (let done = 0; done < count; done++) await operation();
  const { user, system } = process.cpuUsage(before);
  return { client: user + system, server: (await microsecondsOf(process_)) - serverBefore };
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
