import type { RunResult } from '../../../server/protocol/run.ts';
import type { FromRunner, ToRunner } from '../../../server/protocol/runner-messages.ts';
import { endWithServer } from '../../../server/runner/lifeline.ts';

/**
 * Stands where the runner stands and does what the handler's name says, so that the queue can be watched with
 * every way in which a real process can end.
 */
const result: RunResult = {
  kind: 'profile',
  handler: 'scripted',
  iterations: 1,
  operationMicros: 1,
  eventsReadPerOperation: 0,
  eventsAppendedPerOperation: 0,
  outcomes: {},
  samples: 0,
  nodes: 0,
  phases: [],
  artifacts: [],
};

let isCancelledWithResult = false;

const scripts: Readonly<Record<string, () => void>> = {
  succeed() {
    say({ type: 'progress', step: 'working', done: 1, total: 2 });
    say({ type: 'progress', step: 'working', done: 2, total: 2 });
    say({ type: 'log', message: 'nearly there' });
    say({ type: 'succeeded', result });
    process.disconnect();
  },
  fail() {
    say({ type: 'failed', error: { code: 'scripted', message: 'It failed as it was told to.' } });
    process.disconnect();
  },
  failWithResult() {
    say({ type: 'failed', error: { code: 'scripted', message: 'It failed in the middle.' }, result });
    process.disconnect();
  },
  waitForResult() {
    isCancelledWithResult = true;
    say({ type: 'progress', step: 'waiting', done: 0, total: 1 });
  },
  hang() {
    say({ type: 'progress', step: 'hanging', done: 0, total: 1 }, () => {
      for (;;);
    });
  },
  wait() {
    say({ type: 'progress', step: 'waiting', done: 0, total: 1 });
  },
  exit() {
    process.exit(3);
  },
  crash() {
    process.kill(process.pid, 'SIGSEGV');
  },
  babble() {
    process.send?.({ type: 'nonsense' });
  },
};

// Tests that end early leave nobody behind.
endWithServer();
process.on('message', (message: ToRunner) => {
  if (message.type === 'execute' && message.request.kind === 'profile') scripts[message.request.handler]?.();
  if (message.type === 'stop') {
    say({ type: 'succeeded', result });
    process.disconnect();
  }
  if (message.type === 'abort') {
    say({ type: 'cancelled', ...(isCancelledWithResult ? { result } : {}) });
    process.disconnect();
  }
});

function say(message: FromRunner, then?: () => void): void {
  process.send?.(message, () => then?.());
}
