import { readFileSync } from 'node:fs';

/** One conversion in a process of its own, so that its peak of memory is its own: `convert|parse <file>`. */
const [, , mode, file = ''] = process.argv;

async function work(): Promise<number> {
  if (mode === 'parse') return JSON.parse(readFileSync(file, 'utf8')).samples.length;
  const { readProfile } = await import('../../../server/profiling/formats/read-profile.ts');
  started = performance.now();
  return readProfile(readFileSync(file), { name: 'large' }).samples.length;
}

let started = performance.now();
const samples = await work();
const millis = performance.now() - started;
console.log(JSON.stringify({ millis, samples, peakMiB: process.resourceUsage().maxRSS / 1024 }));
