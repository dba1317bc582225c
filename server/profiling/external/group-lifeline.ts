/*
 * Read in a thread of its own, because a tool that draws never lets its main thread hear that its parent is gone. The
 * code is a text so that it needs no file beside the bundle.
 */
const watch = `
  const { Socket } = require('node:net');
  const pipe = new Socket({ fd: 0, readable: true, writable: false });
  pipe.on('error', end).on('end', end).on('close', end).resume();
  function end() {
    try { process.kill(-process.pid, 'SIGKILL'); } catch { process.kill(process.pid, 'SIGKILL'); }
  }
`;

/**
 * A CommonJS script that, required before a program that leads a process group, ends all of the group when the other end
 * of stdin is gone. (`--import` would do without a file, but makes 0x think that it is not the main module.)
 */
export const groupLifeline = `
  const { Worker } = require('node:worker_threads');
  new Worker(${JSON.stringify(watch)}, { eval: true, execArgv: [], stdin: false, env: {} }).unref();
`;
