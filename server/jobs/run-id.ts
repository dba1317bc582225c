import { randomBytes } from 'node:crypto';

/** Sorts by time of creation, is a safe folder name on every system, and fits into PostgreSQL's application_name. */
export function newRunId(now: Date): string {
  const time = now
    .toISOString()
    .replace(/\.\d+Z$/, '')
    .replace(/[-:]/g, '')
    .replace('T', '-');
  return `${time}-${randomBytes(3).toString('hex')}`;
}
