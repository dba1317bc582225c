import { Worker } from 'node:worker_threads';
import { OWN_WORKER } from '../profiling/capture/worker-capture.ts';

/*
 * A thread of its own, because a handler in a busy loop never lets the main thread hear that the server is gone.
 * Profiles leave it out, by its name. The code is a text so that it needs no file beside the bundle.
 */
const watch = `
  const { Socket } = require('node:net');
  const pipe = new Socket({ fd: 0, readable: true, writable: false });
  pipe.on('error', end).on('end', end).on('close', end).resume();
  function end() { process.kill(process.pid, 'SIGKILL'); }
`;

/**
 * Ends this process when the server that started it is gone, however it went: the server holds the other end of
 * stdin and never writes, so the pipe ends exactly then.
 */
export function endWithServer(): void {
  new Worker(watch, { eval: true, execArgv: [], stdin: false, name: OWN_WORKER }).unref();
}
