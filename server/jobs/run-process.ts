import { type ChildProcess, fork } from 'node:child_process';
import { describeError, type ErrorDescription, withoutPasswords } from '../lib/describe-error.ts';
import { errorResponseSchema } from '../protocol/error-response.ts';
import type { RunResult } from '../protocol/run.ts';
import {
  type ExecuteMessage,
  type FromRunner,
  fromRunnerSchema,
  LAST_WORD_MARK,
  type ToRunner,
} from '../protocol/runner-messages.ts';
import { RunnerCrashedError } from './errors.ts';

/** How a run's process ended. */
export type RunOutcome =
  | { readonly type: 'succeeded'; readonly result: RunResult }
  | { readonly type: 'failed'; readonly error: ErrorDescription; readonly result?: RunResult | undefined }
  | { readonly type: 'cancelled'; readonly result?: RunResult | undefined };

/** What a run's process says on its way. */
export type RunNews = Extract<FromRunner, { type: 'progress' | 'log' | 'metrics' }>;

export interface RunProcess {
  /** Settles when the process is gone; never rejects. */
  readonly ended: Promise<RunOutcome>;
  /** Asks the process to end what it does and to keep what it has. */
  stop(): void;
  /** Asks the process to end and kills it when it does not. */
  abort(): void;
}

export interface RunProcessOptions {
  /** JavaScript or TypeScript file that the process executes. */
  readonly modulePath: string;
  /** Time between the request to end and the kill. A handler in a busy loop never hears the request. */
  readonly graceMs: number;
  readonly onNews: (news: RunNews) => void;
  /** What the process writes on its stdout and stderr, for the log. */
  readonly onOutput: (text: string) => void;
}

// Enough for the last words of V8 when memory runs out.
const KEPT_OUTPUT = 8192;

/** Executes one run in a process of its own. */
export function startRunProcess(order: ExecuteMessage, options: RunProcessOptions): RunProcess {
  const child = fork(options.modulePath, [order.runId], {
    execPath: process.execPath,
    // Flags of the server (an inspector's port, say) are not the run's.
    execArgv: [],
    serialization: 'advanced',
    // A group of its own: Ctrl+C in the terminal reaches the server alone, and the server ends its runs in order.
    detached: true,
    windowsHide: true,
    // The runner reads stdin to learn that the server is gone, even when it was killed; see runner/lifeline.ts.
    stdio: ['pipe', 'pipe', 'pipe', 'ipc'],
  });
  const outcome = followProcess(child, options);
  send(child, order);
  let killer: NodeJS.Timeout | undefined;
  const ended = outcome.finally(() => clearTimeout(killer));
  return {
    ended,
    stop: () => send(child, { type: 'stop' }),
    abort() {
      if (killer !== undefined) return;
      send(child, { type: 'abort' });
      killer = setTimeout(() => child.kill('SIGKILL'), options.graceMs);
    },
  };
}

function followProcess(child: ChildProcess, options: RunProcessOptions): Promise<RunOutcome> {
  const { promise, resolve } = Promise.withResolvers<RunOutcome>();
  let outcome: RunOutcome | undefined;
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-KEPT_OUTPUT);
      options.onOutput(withoutPasswords(text));
    });
  }
  child.on('message', (message) => {
    const parsed = fromRunnerSchema.safeParse(message);
    if (!parsed.success) {
      outcome ??= { type: 'failed', error: describeError(unreadable(parsed.error)) };
      child.kill('SIGKILL');
    } else if (isNews(parsed.data)) options.onNews(parsed.data);
    else outcome ??= parsed.data;
  });
  child.on('error', (error) => {
    outcome ??= { type: 'failed', error: describeError(notStarted(error)) };
    if (child.pid === undefined) resolve(outcome);
  });
  // Not `exit`: messages and output that the process wrote last are delivered until `close`.
  child.on('close', (code, signal) => {
    const error = lastWord(output) ?? describeError(crash(code, signal, output));
    resolve(outcome ?? { type: 'failed', error });
  });
  return promise;
}

/** Why a process ended itself that could not send a message any more. */
function lastWord(output: string): ErrorDescription | undefined {
  const at = output.lastIndexOf(LAST_WORD_MARK);
  if (at === -1) return undefined;
  const [line = ''] = output.slice(at + LAST_WORD_MARK.length).split('\n', 1);
  return errorResponseSchema.parse(JSON.parse(line));
}

function isNews(message: FromRunner): message is RunNews {
  return message.type === 'progress' || message.type === 'log' || message.type === 'metrics';
}

function send(child: ChildProcess, message: ToRunner): void {
  // A child that is gone cannot be told anything; its `close` says what became of the run.
  if (child.connected) child.send(message, () => undefined);
}

function unreadable(cause: Error): RunnerCrashedError {
  return new RunnerCrashedError(
    'runner_unreadable',
    'The process of the run sent a message that nobody understands.',
    {
      advice: 'Build the project again (npm run build): server and runner are of different versions.',
      cause,
    },
  );
}

function notStarted(cause: Error): RunnerCrashedError {
  return new RunnerCrashedError('runner_not_started', 'The process of the run could not be started.', {
    advice: 'See whether the machine has memory and processes left.',
    cause,
  });
}

function crash(code: number | null, signal: NodeJS.Signals | null, output: string): RunnerCrashedError {
  if (output.includes('heap out of memory')) {
    return new RunnerCrashedError('runner_out_of_memory', 'The process of the run ran out of memory.', {
      advice: 'Lower the iterations, or make the sampling interval longer.',
    });
  }
  const how = signal === null ? `with exit code ${code}` : `by signal ${signal}`;
  return new RunnerCrashedError(
    'runner_crashed',
    `The process of the run ended ${how} before it had a result.`,
    {
      advice: 'A handler must not call process.exit() or crash the process.',
    },
  );
}
