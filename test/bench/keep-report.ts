import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** Writes a benchmark's figures to `.eventstore-profiler/bench/<name>.json`. */
export async function keepReport(name: string, report: object): Promise<void> {
  const folder = path.join(import.meta.dirname, '../../.eventstore-profiler/bench');
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, `${name}.json`), `${JSON.stringify(report, undefined, 2)}\n`);
}
