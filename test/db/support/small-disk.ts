import { execFile } from 'node:child_process';
import { chmod } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { temporaryDirectory } from './temporary-directory.ts';

const run = promisify(execFile);

/** A disk in memory of that many megabytes, and how to make it read-only. */
export interface SmallDisk extends AsyncDisposable {
  readonly path: string;
  makeReadOnly(): Promise<void>;
}

/** Mounts the disk; a string says why this machine does not let us. */
export async function smallDisk(megabytes: number): Promise<SmallDisk | string> {
  const place = await temporaryDirectory();
  try {
    await run('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', place.path]);
  } catch (error) {
    await place[Symbol.asyncDispose]();
    return `no disk could be mounted here: ${error instanceof Error ? error.message : error}`;
  }
  await chmod(place.path, 0o755);
  return {
    path: place.path,
    makeReadOnly: async () => {
      await run('mount', ['-o', 'remount,ro', place.path]);
    },
    [Symbol.asyncDispose]: async () => {
      await unmount(place.path);
      await place[Symbol.asyncDispose]();
    },
  };
}

/** A program of initdb may outlive it for a moment; one that stays longer is a fault, and told. */
async function unmount(directory: string): Promise<void> {
  const end = performance.now() + 10_000;
  for (;;) {
    try {
      await run('umount', [directory]);
      return;
    } catch (error) {
      if (performance.now() > end || !/busy/.test(String(error))) throw error;
      await delay(50);
    }
  }
}
