import { chmod, mkdtemp, realpath, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

/** A directory that everybody can enter and that is gone at the end of the block. */
export async function temporaryDirectory(): Promise<AsyncDisposable & { readonly path: string }> {
  const directory = await mkdtemp(path.join(await realpath(os.tmpdir()), 'esp-'));
  await chmod(directory, 0o755);
  return {
    path: directory,
    [Symbol.asyncDispose]: () =>
      rm(directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 }),
  };
}
