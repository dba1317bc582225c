import { readdir } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

/** Waits until a file whose path below the directory matches is there. */
export async function appearance(directory: string, pattern: RegExp): Promise<void> {
  for (;;) {
    const files = await readdir(directory, { recursive: true }).catch(() => []);
    if (files.some((file) => pattern.test(file))) return;
    await delay(1);
  }
}
