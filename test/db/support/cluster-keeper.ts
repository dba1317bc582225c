/**
 * A process that keeps one embedded PostgreSQL for all test processes of this checkout. Each of them holds a
 * connection to it for as long as it lives; the kernel closes that connection however the process ends. When the
 * last one is gone the keeper stops the server and removes its files. It runs in a session of its own, so
 * Ctrl+C in the terminal ends the tests and not this.
 */
import { mkdir, readdir, rm, rmdir } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startEmbeddedPostgres } from '../../../server/database/embedded/embedded-postgres.ts';
import { isProcessAlive } from '../../../server/database/embedded/process-identity.ts';
import { chosenBinaries } from './chosen-binaries.ts';
import { keeperAddress, keeperDirectory } from './keeper-address.ts';

// Long enough to bridge the gap between two test files of one run, short enough that nobody finds it afterwards.
const lingerMilliseconds = 1_500;

// A keeper that ends and its successor work side by side for a moment: each has its own files.
const dataPrefix = 'data-';
const dataDirectory = path.join(keeperDirectory, dataPrefix + process.pid);

// No test of the shared cluster looks at what a power cut leaves, and without syncing tests take half the time.
const settings = { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off', max_connections: '300' };

const clients = new Set<Socket>();
let lastChange = performance.now();

await mkdir(keeperDirectory, { recursive: true, mode: 0o755 });
const server = createServer();
const answer = new Promise<string>((resolve) => server.listen(keeperAddress, () => resolve(open())));

// Whoever started this one waits for the word, and may have been killed meanwhile.
process.stdout.on('error', () => undefined);
server.on('listening', () => console.log('listening'));

server.on('error', (error: NodeJS.ErrnoException) => {
  // Another keeper was faster: whoever started this one finds that one.
  process.exit(error.code === 'EADDRINUSE' ? 0 : 1);
});

server.on('connection', (socket) => {
  clients.add(socket);
  lastChange = performance.now();
  socket.on('error', () => socket.destroy());
  socket.on('close', () => {
    clients.delete(socket);
    lastChange = performance.now();
  });
  answer.then((line) => socket.write(`${line}\n`));
});

async function open(): Promise<string> {
  try {
    await removeAbandoned();
    const postgres = await start(dataDirectory);
    void closeWhenIdle(postgres.stop, postgres.dataDirectory);
    return JSON.stringify({ url: postgres.connectionString });
  } catch (error) {
    void closeWhenIdle(async () => undefined, dataDirectory);
    return JSON.stringify({ error: String(error instanceof Error ? error.stack : error) });
  }
}

async function start(directory: string) {
  const binaries = await chosenBinaries();
  return startEmbeddedPostgres({ dataDirectory: directory, log: () => undefined, settings, binaries });
}

async function closeWhenIdle(stop: () => Promise<void>, directory: string): Promise<void> {
  while (clients.size > 0 || performance.now() - lastChange < lingerMilliseconds) await delay(50);
  server.close();
  await stop();
  await rm(directory, { recursive: true, force: true });
  // Not empty when a successor is already there.
  await rmdir(keeperDirectory).catch(() => undefined);
  process.exit(0);
}

/** What a keeper that was killed itself left: a server that nobody stops, and its files. */
async function removeAbandoned(): Promise<void> {
  for (const name of await readdir(keeperDirectory)) {
    if (!name.startsWith(dataPrefix) || isProcessAlive(Number.parseInt(name.slice(dataPrefix.length), 10)))
      continue;
    const abandoned = path.join(keeperDirectory, name);
    const postgres = await start(abandoned);
    await postgres.stop();
    await rm(abandoned, { recursive: true, force: true });
  }
}
