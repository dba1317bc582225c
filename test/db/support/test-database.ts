import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { keeperAddress } from './keeper-address.ts';

/** A database of its own, empty, gone at the end. */
export interface TestDatabase extends AsyncDisposable {
  readonly url: string;
}

/**
 * A fresh database on a real PostgreSQL that all test processes of this checkout share; the first one starts it
 * (about 1 s), the others find it (about 50 ms). Close your own pools first: what is still connected is cut off.
 */
export async function testDatabase(): Promise<TestDatabase> {
  clusterUrl ??= findCluster();
  const admin = await clusterUrl;
  const name = `test_${randomBytes(6).toString('hex')}`;
  await runOn(admin, `CREATE DATABASE ${name}`);
  const url = new URL(admin);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    [Symbol.asyncDispose]: () => drop(admin, name),
  };
}

let clusterUrl: Promise<string> | undefined;

/** A pool has ended when it has said goodbye, which PostgreSQL may not have read yet: to be cut off then is an error without a listener. */
async function drop(admin: string, name: string): Promise<void> {
  const client = new pg.Client({ connectionString: admin });
  await client.connect();
  try {
    const left = { text: 'SELECT FROM pg_stat_activity WHERE datname = $1', values: [name] };
    for (let attempt = 0; attempt < 50 && (await client.query(left)).rowCount !== 0; attempt++)
      await delay(10);
    await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  } finally {
    await client.end();
  }
}

async function runOn(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

async function findCluster(): Promise<string> {
  for (let attempt = 1; attempt <= 20; attempt++) {
    const socket = await connectToKeeper();
    const answer = socket && (await readAnswer(socket));
    if (answer?.error !== undefined) throw new Error(`The test cluster did not start: ${answer.error}`);
    if (answer?.url !== undefined) return answer.url;
    await startKeeper();
  }
  throw new Error(
    'The test cluster did not start; run test/db/support/cluster-keeper.ts by hand to see why.',
  );
}

/** The connection stays open, unheeded, until this process ends: it is what keeps the cluster. */
async function connectToKeeper(): Promise<Socket | undefined> {
  const socket = connect(keeperAddress);
  try {
    await once(socket, 'connect');
    return socket;
  } catch (error) {
    // Nobody listens. A socket file that a killed keeper left would stand in the next one's way.
    if ((error as NodeJS.ErrnoException).code === 'ECONNREFUSED') await rm(keeperAddress, { force: true });
    return undefined;
  }
}

async function readAnswer(socket: Socket): Promise<{ url?: string; error?: string } | undefined> {
  socket.on('error', () => socket.destroy());
  for await (const line of createInterface({ input: socket })) {
    socket.unref();
    return JSON.parse(line) as { url?: string; error?: string };
  }
  return undefined;
}

/** Returns when the keeper listens, or has ended because another one does. */
async function startKeeper(): Promise<void> {
  const keeper = spawn(process.execPath, [path.join(import.meta.dirname, 'cluster-keeper.ts')], {
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
    windowsHide: true,
  });
  await Promise.race([once(keeper, 'exit'), once(keeper.stdout, 'data')]);
  keeper.stdout.destroy();
  keeper.unref();
}
