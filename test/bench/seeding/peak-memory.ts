import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { seedOnce } from './seed-once.ts';

/** The most memory that a process of its own held while it seeded, in MB. */
export async function peakMegabytes(url: string, events: number): Promise<number> {
  const { stdout } = await promisify(execFile)(process.execPath, [import.meta.filename, url, String(events)]);
  return Number(stdout);
}

if (import.meta.main) {
  const [, , url = '', events = ''] = process.argv;
  await seedOnce({ url, events: Number(events), alone: true });
  // Kilobytes on every platform that Node.js runs on.
  console.log(process.resourceUsage().maxRSS / 1024);
}
