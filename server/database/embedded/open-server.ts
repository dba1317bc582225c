import { readFile } from 'node:fs/promises';
import { adoptServer } from './adopt-server.ts';
import { explained } from './cluster-directory.ts';
import { superuser } from './create-cluster.ts';
import type { HeldServer, HoldOptions } from './held-server.ts';
import { launchServer } from './launch-server.ts';
import type { Lease } from './lease.ts';
import { type PostmasterContext, stopPostmaster } from './postmaster.ts';

/** A server whose database for events can be used. */
export interface OpenServer extends HeldServer {
  readonly connectionString: string;
  readonly leaseConnectionString: string;
}

// The database that the events live in; `postgres` stays for the lease, so that this one can be dropped and copied.
const eventsDatabase = 'eventstore_profiler';
const leaseDatabase = 'postgres';

// Said in the URL, these win over PGSSLMODE and PGOPTIONS, which are meant for other servers.
const ownParameters = 'sslmode=disable&options=-c%20lock_timeout%3D0';

/** Takes over the server that runs on the directory, or starts one. */
export async function openServer(
  context: PostmasterContext,
  options: Omit<HoldOptions, 'leaseUrl'>,
): Promise<OpenServer> {
  const { dataDirectory, passwordFile } = context.files;
  const password = await explained(dataDirectory, () => readFile(passwordFile, 'utf8'));
  const urlOf = (port: number, database: string) =>
    `postgres://${superuser}:${password}@127.0.0.1:${port}/${database}?${ownParameters}`;
  const hold = { ...options, leaseUrl: (port: number) => urlOf(port, leaseDatabase) };
  const server = (await adoptServer(context, hold)) ?? (await launchServer(context, hold));
  const { pid, port } = server.postmaster;
  await explained(dataDirectory, () => makeDatabase(server.lease)).catch(async (error: unknown) => {
    await stopPostmaster(context, pid);
    throw error;
  });
  return {
    ...server,
    connectionString: urlOf(port, eventsDatabase),
    leaseConnectionString: hold.leaseUrl(port),
  };
}

async function makeDatabase({ client }: Lease): Promise<void> {
  const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [eventsDatabase]);
  if (rowCount === 0) await client.query(`CREATE DATABASE ${eventsDatabase}`);
}
