import { Worker } from 'node:worker_threads';
import type { ErrorDescription } from '../lib/describe-error.ts';
import { OWN_WORKER } from '../profiling/capture/worker-capture.ts';
import { LAST_WORD_MARK } from '../protocol/runner-messages.ts';

/** What of the user's code is executed. */
export const STRETCHES = ['loading', 'prepare', 'input', 'execution', 'cleanUp'] as const;
export type Stretch = (typeof STRETCHES)[number];

const BEAT_MS = 100;

/** Behind the limit: as long as the event loop turns, whoever waits for the code gives it up with a better sentence. */
const GRACE_MS = 1_000;

/*
 * A thread of its own, because nothing in the main thread runs while a handler blocks it. Profiles leave it out, by its
 * name. It counts its own looks and not the clock, so that a machine that slept is no fault of the handler. The last
 * word is written past the event loop, to stderr, where the server finds it when the process is gone.
 */
const watch = `
  const { workerData } = require('node:worker_threads');
  const { writeSync } = require('node:fs');
  const { shared, errors, mark, beatMs, graceMs } = workerData;
  const state = new Int32Array(shared);
  let seen = 0;
  let looks = 0;
  setInterval(() => {
    const stretch = Atomics.load(state, 0);
    const beat = Atomics.load(state, 1);
    if (stretch === 0 || beat !== seen) {
      seen = beat;
      looks = 0;
      return;
    }
    looks++;
    const limitMs = Atomics.load(state, 2);
    if (looks * beatMs < limitMs + graceMs) return;
    const error = errors[stretch - 1];
    const message = error.message.replace('{limit}', limitMs / 1000 + ' s');
    try {
      writeSync(2, '\\n' + mark + JSON.stringify({ ...error, message }) + '\\n');
    } finally {
      process.kill(process.pid, 'SIGKILL');
    }
  }, beatMs);
`;

/** Told what of the user's code is executed, and for how long it may keep its thread. */
export interface Watch extends Disposable {
  /** One stretch after another: the next one takes the place of the last. */
  begin(stretch: Stretch, limitMs: number): void;
  end(): void;
  /** Nothing of the user's code is executed until the next stretch. */
  rest(): void;
}

/** Ends this process when the user's code keeps the main thread to itself for longer than it may. */
export class ControlWatch implements Watch {
  readonly #state = new Int32Array(new SharedArrayBuffer(3 * Int32Array.BYTES_PER_ELEMENT));
  readonly #worker: Worker;
  readonly #timer: NodeJS.Timeout;

  constructor(handler: string) {
    const errors = STRETCHES.map((stretch) => blocked(stretch, handler));
    this.#worker = new Worker(watch, {
      eval: true,
      execArgv: [],
      name: OWN_WORKER,
      workerData: {
        shared: this.#state.buffer,
        errors,
        mark: LAST_WORD_MARK,
        beatMs: BEAT_MS,
        graceMs: GRACE_MS,
      },
    });
    this.#worker.unref();
    this.#timer = setInterval(() => this.#beat(), BEAT_MS);
    this.#timer.unref();
  }

  begin(stretch: Stretch, limitMs: number): void {
    Atomics.store(this.#state, 2, Math.min(limitMs, LONGEST_MS));
    this.#beat();
    Atomics.store(this.#state, 0, STRETCHES.indexOf(stretch) + 1);
  }

  end(): void {
    Atomics.store(this.#state, 0, 0);
  }

  rest(): void {
    this.end();
  }

  [Symbol.dispose](): void {
    this.end();
    clearInterval(this.#timer);
    void this.#worker.terminate();
  }

  #beat(): void {
    Atomics.add(this.#state, 1, 1);
  }
}

const LONGEST_MS = 2 ** 31 - 1;

/** `{limit}` is filled in when it is known. */
export function blocked(stretch: Stretch, handler: string): ErrorDescription {
  const field = stretch === 'execution' ? 'handler' : stretch;
  return {
    code: 'handler_blocked',
    message: `${subjectOf(stretch, handler)} did not give back control within {limit}.`,
    advice:
      stretch === 'execution'
        ? 'Look for a loop that never ends, or give the handler more time with timeoutMs. Its process was ended, so that nothing cleaned up behind it.'
        : 'Look for a loop that never ends. The process was ended, so that nothing cleaned up behind it.',
    ...(stretch !== 'loading' && { field }),
  };
}

function subjectOf(stretch: Stretch, handler: string): string {
  switch (stretch) {
    case 'execution':
      return handler;
    case 'loading':
      return `The config or the module of ${handler}`;
    case 'prepare':
    case 'input':
    case 'cleanUp':
      return `${stretch} of ${handler}`;
  }
}
