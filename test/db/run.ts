/**
 * Runs the tests that need a database, all or those named as arguments, in a temporary directory of their own.
 * Fails when they leave something there.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, realpath, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { accountForNewData, canEnter } from '../../server/database/embedded/server-account.ts';
import { copyCheckout, isReachable } from './support/reachable-checkout.ts';

const everything = ['test/contract/**/*.test.ts', 'test/db/**/*.test.ts'];
const filesAtOnce = 2;

// What is made here is for other accounts too, whatever the user keeps from them elsewhere.
process.umask(0o022);
let tests: ChildProcess | undefined;
// Ctrl+C reaches the tests as well; what they leave is cleared away here.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => tests?.kill());

const base = await mkdtemp(path.join(await temporaryParent(), 'esp-db-'));
try {
  await chmod(base, 0o755);
  const temporary = path.join(base, 'tmp');
  await mkdir(temporary);
  await chmod(temporary, 0o1777);
  process.exitCode = await runTests(temporary);
  const left = await leftovers(temporary);
  if (left.length > 0) {
    console.error(`The tests left something in their temporary directory: ${left.join(', ')}`);
    process.exitCode = 1;
  }
} finally {
  await rm(base, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
}

async function runTests(temporary: string): Promise<number> {
  const { node, root } = await reachableCheckout();
  const patterns = process.argv.length > 2 ? process.argv.slice(2) : everything;
  tests = spawn(node, ['--test', `--test-concurrency=${filesAtOnce}`, ...patterns], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, TMPDIR: temporary, TEMP: temporary, TMP: temporary },
  });
  const [code] = (await once(tests, 'exit')) as [number | null];
  return code ?? 1;
}

/** Below a closed home, a copy: else no other account could run Node.js and PostgreSQL, as root's tests want it. */
async function reachableCheckout() {
  if (await isReachable())
    return { node: process.execPath, root: path.resolve(import.meta.dirname, '../..') };
  const copy = path.join(base, 'checkout');
  console.log(`Other accounts cannot enter this checkout: the tests run from a copy of it, ${copy}`);
  return copyCheckout(copy);
}

/** The usual one, unless it is closed to the account in which root runs PostgreSQL. */
async function temporaryParent(): Promise<string> {
  const usual = await realpath(os.tmpdir());
  const account = await accountForNewData();
  return account === undefined || (await canEnter(account, usual)) ? usual : '/tmp';
}

/** What is still there after the time that the shared cluster takes to end. */
async function leftovers(directory: string): Promise<string[]> {
  const end = performance.now() + 15_000;
  for (;;) {
    const names = await readdir(directory);
    if (names.length === 0 || performance.now() > end) return names;
    await delay(50);
  }
}
