/**
 * A process that keeps a primary, its streaming replica and their files for the test process that forked it. The
 * kernel closes the channel between them however that one ends; then both servers are ended and the files removed.
 */
import path from 'node:path';
import {
  type EmbeddedPostgres,
  startEmbeddedPostgres,
} from '../../../server/database/embedded/embedded-postgres.ts';
import { freePort } from '../../../server/database/embedded/free-port.ts';
import { chosenBinaries } from './chosen-binaries.ts';
import { copyClusterAsReplica } from './copy-cluster-as-replica.ts';
import { query } from './query.ts';
import { temporaryDirectory } from './temporary-directory.ts';

export type ReplicaCommand = 'stopReplica' | 'startReplica' | 'stopPrimary';

/** The answer to the start and to each command. */
export type ReplicaReport =
  | { readonly primaryUrl: string; readonly replicaUrl: string }
  | { readonly error: string };

const place = await temporaryDirectory();
const running = new Map<'primary' | 'replica', EmbeddedPostgres>();
let urls = { primaryUrl: '', replicaUrl: '' };

const commands: Readonly<Record<ReplicaCommand, () => Promise<void>>> = {
  stopReplica: () => crash('replica'),
  startReplica: () => startReplica(Number(new URL(urls.replicaUrl).port)),
  stopPrimary: () => crash('primary'),
};

// One thing after the other, the end included.
let work = answerAfter(startBoth);
process.on('message', (name: ReplicaCommand) => {
  work = work.then(() => answerAfter(commands[name]));
});
const close = () => void work.then(endAll);
process.on('disconnect', close);
if (!process.connected) close();

/** The replica begins as a copy of the primary's files, taken while the primary is down: nothing changes meanwhile. */
async function startBoth(): Promise<void> {
  const { dataDirectory, stop } = await start('primary', await freePort());
  await stop();
  await copyClusterAsReplica(dataDirectory, path.join(place.path, 'replica'));
  const { connectionString: primaryUrl } = await start('primary', await freePort());
  urls = { primaryUrl, replicaUrl: '' };
  // The primary keeps what a replica that is down has not read yet.
  await query(primaryUrl, "SELECT pg_create_physical_replication_slot('replica', true)");
  await startReplica(await freePort());
}

async function startReplica(port: number): Promise<void> {
  const { port: primaryPort, username, password } = new URL(urls.primaryUrl);
  const replica = await start('replica', port, {
    primary_conninfo: `host=127.0.0.1 port=${primaryPort} user=${username} password=${password}`,
    primary_slot_name: 'replica',
  });
  urls = { ...urls, replicaUrl: replica.connectionString };
}

async function start(
  name: 'primary' | 'replica',
  port: number,
  settings: Readonly<Record<string, string>> = {},
): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({
    dataDirectory: path.join(place.path, name),
    log: () => undefined,
    binaries: await chosenBinaries(),
    choosePort: async () => port,
    // Nothing here has to outlive a power cut, and without syncing all goes faster.
    settings: { ...settings, fsync: 'off' },
  });
  running.set(name, server);
  return server;
}

async function crash(name: 'primary' | 'replica'): Promise<void> {
  const server = running.get(name);
  if (server === undefined) return;
  running.delete(name);
  process.kill(server.pid, 'SIGQUIT');
  await server.exited;
}

async function answerAfter(action: () => Promise<void>): Promise<void> {
  try {
    await action();
    report(urls);
  } catch (error) {
    report({ error: String(error instanceof Error ? error.stack : error) });
  }
}

function report(message: ReplicaReport): void {
  // Whoever asked may be gone by now.
  if (process.connected) process.send?.(message, () => undefined);
}

async function endAll(): Promise<void> {
  await Promise.all([crash('replica'), crash('primary')]);
  await place[Symbol.asyncDispose]();
  process.exit(0);
}
