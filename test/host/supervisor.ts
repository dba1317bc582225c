/**
 * Runs a script in a process group of its own and ends the whole group when standard input closes, that is, when
 * whoever started this process has ended in whatever way.
 */
import { spawn } from 'node:child_process';
import { execPath, pid } from 'node:process';

const GRACE_MS = 5000;

const child = spawn(execPath, process.argv.slice(2), { stdio: ['ignore', 'inherit', 'inherit'] });
child.once('exit', (code) => process.exit(code ?? 1));

process.stdin.resume().once('close', () => {
  process.on('SIGTERM', () => undefined);
  process.kill(-pid, 'SIGTERM');
  setTimeout(() => process.kill(-pid, 'SIGKILL'), GRACE_MS);
});
