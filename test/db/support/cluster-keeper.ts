/**
 * A process that keeps one embedded PostgreSQL for all test processes of this checkout. Each of them holds a
 * connection to it for as long as it lives; the kernel closes that connection however the process ends. When the
 * last one is gone the keeper stops the server and removes its files. It runs in a session of its own, so
 * Ctrl+C in the terminal ends the tests and not this.
 */
import { rmSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startEmbeddedPostgres } from '../../../server/database/embedded/embedded-postgres.ts';
import { keeperAddress, keeperDirectory } from './keeper-address.ts';

// Long enough to bridge the gap between two test files of one run, short enough that nobody finds it afterwards.
const lingerMilliseconds = 1_500;

const clients = new Set<Socket>();
let lastChange = performance.now();

const server = createServer((socket) => {
  clients.add(socket);
  lastChange = performance.now();
  socket.on('error', () => socket.destroy());
  socket.on('close', () => {
    clients.delete(socket);
    lastChange = performance.now();
  });
  answer.then((line) => socket.write(`${line}\n`));
});

server.on('error', (error: NodeJS.ErrnoException) => {
  // Another keeper was faster: our starter finds that one.
  process.exit(error.code === 'EADDRINUSE' ? 0 : 1);
});

await mkdir(keeperDirectory, { recursive: true, mode: 0o755 });
const answer = new Promise<string>((resolve) => server.listen(keeperAddress, () => resolve(open())));
await answer;

function open(): Promise<string> {
  // No test looks at what a power cut leaves, and without syncing a test file takes half the time.
  const settings = {
    fsync: 'off',
    full_page_writes: 'off',
    synchronous_commit: 'off',
    max_connections: '300',
  };
  const started = startEmbeddedPostgres({
    dataDirectory: path.join(keeperDirectory, 'data'),
    log: () => undefined,
    settings,
  });
  return started.then(
    (postgres) => {
      void closeWhenIdle(postgres.stop, postgres.dataDirectory);
      return JSON.stringify({ url: postgres.connectionString });
    },
    (error: unknown) => {
      void closeWhenIdle(async () => undefined, path.join(keeperDirectory, 'data'));
      return JSON.stringify({ error: String(error instanceof Error ? error.stack : error) });
    },
  );
}

async function closeWhenIdle(stop: () => Promise<void>, dataDirectory: string): Promise<void> {
  while (clients.size > 0 || performance.now() - lastChange < lingerMilliseconds) await delay(50);
  server.close();
  await stop();
  await rm(dataDirectory, { recursive: true, force: true });
  rmSync(keeperDirectory, { recursive: true, force: true });
  process.exit(0);
}
