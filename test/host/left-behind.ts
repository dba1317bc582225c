import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Where root's databases lie whose own place is closed to the account that PostgreSQL runs under. */
const STAND_INS = '/var/lib/eventstore-profiler';

/** Remembers which data directories stand in for others; the function that it gives tells those that came since. */
export function watchForLeftData(): () => string[] {
  const before = new Set(dataDirectories());
  return () => dataDirectories().filter((path) => !before.has(path) && !isInUse(path));
}

function dataDirectories(): string[] {
  if (!existsSync(STAND_INS)) return [];
  const names = readdirSync(STAND_INS).filter((name) => name.startsWith('data-'));
  return names.map((name) => join(STAND_INS, name));
}

/** Something else on this machine may be running on it. */
function isInUse(path: string): boolean {
  return existsSync(join(path, 'cluster/postmaster.pid'));
}
