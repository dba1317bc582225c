/** What a handler does that gives its work to a worker thread. */
interface Delegation {
  /** How long the worker is busy for one operation, in phase `project`. */
  readonly millis: number;
  /** Statements of the handler itself behind that; `phase` is in reach. */
  readonly afterwards: string;
}

/** Text of an exported handler `delegates` with a worker thread `helper`, which is busy in its function `workerBurns`. */
export function delegatingHandler({ millis, afterwards }: Delegation): string {
  return `
import { Worker } from 'node:worker_threads';

let worker;

export async function delegates(_, { phase }) {
  worker ??= new Worker(
    'const { parentPort } = require("node:worker_threads");' +
      'function workerBurns(end) { while (performance.now() < end); }' +
      'parentPort.on("message", (millis) => { workerBurns(performance.now() + millis); parentPort.postMessage(0); });',
    { eval: true, name: 'helper' },
  );
  await phase('project', () => new Promise((resolve) => {
    worker.once('message', resolve);
    worker.postMessage(${millis});
  }));
  ${afterwards}
}
`;
}
