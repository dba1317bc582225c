import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { test } from 'node:test';

test('A run in a busy loop ends when the server that holds its stdin is gone', async () => {
  const module = path.join(import.meta.dirname, 'support/busy-runner.ts');
  const child = fork(module, [], { execArgv: [], stdio: ['pipe', 'ignore', 'inherit', 'ipc'] });
  await once(child, 'message');
  const exit = once(child, 'exit');
  // What the kernel does for a server that is killed.
  child.stdin?.end();
  assert.deepEqual(await exit, [null, 'SIGKILL']);
});
