import { readFile, rm, writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { errorCode } from '../error-code.ts';
import { explained } from './cluster-directory.ts';
import { superuser } from './create-cluster.ts';
import {
  DataDirectoryInUseError,
  DiskFullError,
  PostgresStartError,
  tellsOfFullDisk,
} from './embedded-errors.ts';
import { freePort } from './free-port.ts';
import { type Lease, LeaseTaken, takeLease } from './lease.ts';
import {
  launchPostmaster,
  type Postmaster,
  type PostmasterContext,
  PostmasterDied,
  stopPostmaster,
} from './postmaster.ts';
import { type PostmasterPid, postmasterPidFile, readPostmasterPid } from './postmaster-pid.ts';
import { identifyPostmaster, isProcessAlive } from './process-identity.ts';
import { giveTo } from './server-account.ts';

/** A server that accepts connections and is ours alone. */
export interface OpenServer {
  readonly postmaster: Postmaster;
  readonly lease: Lease;
  readonly connectionString: string;
  readonly leaseConnectionString: string;
}

export interface OpenServerOptions {
  readonly settings: string;
  readonly log: (message: string) => void;
  readonly signal?: AbortSignal | undefined;
  /** Where a new server is to listen; by default a port that is free. */
  readonly choosePort?: () => Promise<number>;
}

// The database that the events live in; `postgres` stays for the lease, so that this one can be dropped and copied.
const eventsDatabase = 'eventstore_profiler';

/** Takes over the server that runs on the directory, or starts one. */
export async function openServer(
  context: PostmasterContext,
  options: OpenServerOptions,
): Promise<OpenServer> {
  const { files } = context;
  const password = await explained(files.dataDirectory, () => readFile(files.passwordFile, 'utf8'));
  const urlOf = (port: number, database: string) =>
    `postgres://${superuser}:${password}@127.0.0.1:${port}/${database}`;
  const { postmaster, lease } =
    (await adopt(context, options, (port) => urlOf(port, 'postgres'))) ??
    (await launch(context, options, (port) => urlOf(port, 'postgres')));
  await explained(files.dataDirectory, () => makeDatabase(lease)).catch(async (error: unknown) => {
    await stopPostmaster(context, postmaster.pid);
    throw error;
  });
  return {
    postmaster,
    lease,
    connectionString: urlOf(postmaster.port, eventsDatabase),
    leaseConnectionString: urlOf(postmaster.port, 'postgres'),
  };
}

type UrlOf = (port: number) => string;
type Held = { postmaster: Postmaster; lease: Lease };

/** The running server, if there is one that answers, is free, and has the settings of today; else it is ended. */
async function adopt(
  context: PostmasterContext,
  options: OpenServerOptions,
  urlOf: UrlOf,
): Promise<Held | undefined> {
  const { cluster, settingsFile } = context.files;
  const record = await settledPid(cluster, options.signal);
  if (record === undefined) return undefined;
  const identity = await identifyPostmaster(record.pid, cluster);
  if (identity === 'none' || identity === 'other') {
    await removeMisleadingPid(cluster, record);
    return undefined;
  }
  const lease = await leaseOf(context, urlOf(record.port)).catch((error: unknown) => {
    if (error instanceof DataDirectoryInUseError) throw error;
    options.log(
      `PostgreSQL runs on the data directory but does not answer (${String(error)}); starting it again`,
    );
    return undefined;
  });
  if (lease !== undefined && (await readFile(settingsFile, 'utf8')) === options.settings) {
    options.log(`Took over PostgreSQL (process ${record.pid}), which an earlier server left running`);
    return { postmaster: { pid: record.pid, port: record.port, exited: undefined }, lease };
  }
  // Where nobody can tell whose process it is, it must not be killed: PostgreSQL's own check decides.
  if (lease !== undefined) await stopPostmaster(context, record.pid);
  else if (identity === 'ours') await stopPostmaster(context, record.pid, 'QUIT');
  await removeMisleadingPid(cluster, record);
  return undefined;
}

/**
 * PostgreSQL refuses to start while a process of the number in postmaster.pid exists under its account: another
 * program, or what remains of a killed server until its parent asks for it (in some containers nobody does).
 */
async function removeMisleadingPid(cluster: string, { pid }: PostmasterPid): Promise<void> {
  const identity = await identifyPostmaster(pid, cluster);
  if (identity === 'ours' || identity === 'unknown' || !isProcessAlive(pid)) return;
  // Another server may have started in the meantime: then the file is its own.
  if ((await readPostmasterPid(cluster))?.pid === pid) await rm(postmasterPidFile(cluster), { force: true });
}

/** postmaster.pid, once the server that it names is neither starting nor stopping any more; waits 30 s at most. */
async function settledPid(cluster: string, signal?: AbortSignal): Promise<PostmasterPid | undefined> {
  const end = performance.now() + 30_000;
  for (;;) {
    signal?.throwIfAborted();
    const record = await readPostmasterPid(cluster);
    if (record === undefined || record.status === 'ready' || performance.now() > end) return record;
    if ((await identifyPostmaster(record.pid, cluster)) !== 'ours') return record;
    await delay(20);
  }
}

async function launch(context: PostmasterContext, options: OpenServerOptions, urlOf: UrlOf): Promise<Held> {
  const { files, account } = context;
  await explained(files.dataDirectory, async () => {
    await writeFile(files.settingsFile, options.settings);
    await giveTo(account, files.settingsFile);
  });
  const postmaster = await launchPersistently(context, options);
  try {
    return { postmaster, lease: await leaseOf(context, urlOf(postmaster.port)) };
  } catch (error) {
    // Whoever holds the lease now has taken over the server that we started.
    if (!(error instanceof DataDirectoryInUseError)) await stopPostmaster(context, postmaster.pid);
    throw error;
  }
}

const attempts = 20;

async function launchPersistently(
  context: PostmasterContext,
  options: OpenServerOptions,
): Promise<Postmaster> {
  const { dataDirectory } = context.files;
  for (let attempt = 1; ; attempt++) {
    try {
      const port = await (options.choosePort ?? freePort)();
      return await explained(dataDirectory, () => launchPostmaster(context, port, options.signal));
    } catch (error) {
      if (!(error instanceof PostmasterDied)) throw error;
      const words = error.message;
      if (tellsOfFullDisk(words)) throw new DiskFullError(dataDirectory, error);
      if (/lock file "postmaster.pid" already exists/.test(words)) {
        throw new DataDirectoryInUseError(dataDirectory, 'started at the same moment');
      }
      if (attempt === attempts || !passing.test(words)) {
        throw new PostgresStartError('PostgreSQL did not start', words, error);
      }
      // The port was taken since it was chosen, or the backends of a killed server have not noticed yet.
      await delay(attempt * 10);
    }
  }
}

const passing = /could not create any TCP\/IP sockets|pre-existing shared memory block/;

/** The lease of a killed holder is free as soon as its backend reads the closed connection: wait a second for that. */
async function leaseOf({ files }: PostmasterContext, connectionString: string): Promise<Lease> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await takeLease(connectionString);
    } catch (error) {
      const isPassing = error instanceof LeaseTaken || startingUp.has(errorCode(error) ?? '');
      if (isPassing && attempt < attempts) await delay(50);
      else if (error instanceof LeaseTaken)
        throw new DataDirectoryInUseError(files.dataDirectory, error.message);
      else throw error;
    }
  }
}

// cannot_connect_now: starting up, shutting down or in recovery.
const startingUp = new Set(['57P03']);

async function makeDatabase({ client }: Lease): Promise<void> {
  const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [eventsDatabase]);
  if (rowCount === 0) await client.query(`CREATE DATABASE ${eventsDatabase}`);
}
