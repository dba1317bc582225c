import { createHash } from 'node:crypto';
import os from 'node:os';
import path from 'node:path';
import { chosenVersion } from './chosen-binaries.ts';

const checkout = path.resolve(import.meta.dirname, '../../..');
// A test of the shared cluster itself wants one that nobody else keeps alive.
const own = process.env['TEST_CLUSTER_NAME'] ?? '';
const name = `esp-test-${os.userInfo().uid}-${createHash('sha256')
  .update(checkout + own + chosenVersion)
  .digest('hex')
  .slice(0, 12)}`;

/** Everything that the keeper writes; one per user, checkout and version of PostgreSQL. */
export const keeperDirectory = path.join(os.tmpdir(), name);

/** Where the keeper listens: a socket file, or a named pipe on Windows. */
export const keeperAddress =
  process.platform === 'win32' ? `\\\\.\\pipe\\${name}` : path.join(keeperDirectory, 'keeper.sock');
