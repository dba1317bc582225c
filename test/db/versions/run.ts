/**
 * Runs the event store's tests on the PostgreSQL versions that it supports and the product does not bring: nearly all
 * of them on the oldest, where most could be missing, and on the others those that lean on the server most.
 * Files named as arguments run on each version instead.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const here = import.meta.dirname;
const root = path.resolve(here, '../../..');
const lock = path.join(here, 'package-lock.json');
// What was installed, as the lock file that it was installed from.
const stamp = path.join(here, 'node_modules/.installed');

// Locks, snapshots, SQL functions, bulk loads and migrations: what each version brings in its own make.
const leaningOnServer = [
  'test/contract/**/*.test.ts',
  'test/db/event-store-{concurrency,failover,faults,followers,import,replica,safe-numbers}.test.ts',
  'test/db/event-store-{migrations,forward-migration}.test.ts',
];
// All but those of the client alone: what it tells, keeps and gives up is the same whatever server answers.
const everything = [
  'test/contract/**/*.test.ts',
  'test/db/event-store-!(abort|instrumentation|lost-server|phases|statement-cache).test.ts',
  'test/db/streaming-replica.test.ts',
];
const versions: Readonly<Record<string, readonly string[]>> = {
  15: everything,
  16: leaningOnServer,
  17: leaningOnServer,
};

if (process.platform === 'linux' && process.arch === 'x64') {
  install();
  process.exitCode = Object.entries(versions).filter(([version, files]) => !passes(version, files)).length;
} else {
  console.log(
    `Skipped on ${process.platform}-${process.arch}: PostgreSQL 15 to 17 are tested on Linux x64 only, where they can be installed side by side.`,
  );
}

function passes(version: string, files: readonly string[]): boolean {
  console.log(`PostgreSQL ${version}:`);
  const named = process.argv.slice(2);
  const { status } = spawnSync(process.execPath, ['test/db/run.ts', ...(named.length > 0 ? named : files)], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, TEST_POSTGRES_VERSION: version },
  });
  return status === 0;
}

/** Runs no install script: the programs' library links are made when they are looked for. */
function install(): void {
  const wanted = readFileSync(lock, 'utf8');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  console.log('Installing PostgreSQL 15, 16 and 17 (180 MB on disk, once) …');
  const cli = process.env['npm_execpath'];
  const [program, ...before] = cli === undefined ? ['npm'] : [process.execPath, cli];
  const { status, error } = spawnSync(program, [...before, 'ci', '--ignore-scripts'], {
    cwd: here,
    stdio: 'inherit',
  });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`"npm ci" failed in ${here}`);
  writeFileSync(stamp, wanted);
}
