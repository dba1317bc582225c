import { createHash } from 'node:crypto';
import os from 'node:os';
import path from 'node:path';

const checkout = path.resolve(import.meta.dirname, '../../..');
const name = `esp-test-${os.userInfo().uid}-${createHash('sha256').update(checkout).digest('hex').slice(0, 12)}`;

/** Everything that the keeper writes; one per user and checkout. */
export const keeperDirectory = path.join(os.tmpdir(), name);

/** Where the keeper listens: a socket file, or a named pipe on Windows. */
export const keeperAddress =
  process.platform === 'win32' ? `\\\\.\\pipe\\${name}` : path.join(keeperDirectory, 'keeper.sock');
