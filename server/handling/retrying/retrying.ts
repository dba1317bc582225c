import { randomInt } from 'node:crypto';
import { OperationCanceledError } from '../../eventstore/errors.ts';
import { describeError } from '../../lib/describe-error.ts';
import { ProfilerError, type ProfilerErrorOptions } from '../../lib/profiler-error.ts';
import { createRandom, type Random } from '../../lib/random.ts';
import { type Sleep, systemSleep } from '../../lib/sleep.ts';
import type { Handled, HandleOptions, Handler } from '../handler.ts';
import type { RetryRecorder } from '../recording/operation-recorder.ts';
import { retryDelay } from './retry-delay.ts';
import { type RetrySettings, retrySettings } from './retry-settings.ts';
import { isRetryable } from './retryable-fault.ts';

/** What retrying adds to an answer. */
export interface Retried {
  readonly retries: {
    /** Executions, the one that answered included. */
    readonly attempts: number;
    /** The delays between them, added up, in milliseconds. */
    readonly delayMs: number;
    /** Of the last attempt that failed. */
    readonly lastError?: unknown;
  };
}

/** No attempt that was allowed succeeded. `cause` is the fault of the last one. */
export class RetriesExhaustedError extends ProfilerError {
  override readonly name = 'RetriesExhaustedError';
  readonly attempts: number;
  /** The delays between the attempts, added up, in milliseconds. */
  readonly delayMs: number;

  constructor(
    handler: string,
    { attempts, delayMs, ...options }: ProfilerErrorOptions & { attempts: number; delayMs: number },
  ) {
    const { message } = describeError(options.cause);
    super(
      'retries_exhausted',
      `${handler} failed ${attempts} times, with ${Math.round(delayMs)} ms of waiting in between; the last time: ${message}`,
      {
        advice: 'Try again later, or allow more attempts or longer delays (MAX_RETRIES, RETRY_MAX_DELAY).',
        ...options,
      },
    );
    this.attempts = attempts;
    this.delayMs = delayMs;
  }
}

export interface RetryingOptions {
  /** What is left out is as in `defaultRetrySettings`. */
  readonly settings?: Partial<RetrySettings>;
  /**
   * Whether a command runs again after an UnknownOutcomeError; off when it is left out. Only for commands that find
   * their own events idempotent: others may do their work twice.
   */
  readonly afterUnknownOutcome?: boolean;
  /** Decides for faults that it knows; undefined leaves a fault to `isRetryable`. */
  readonly classify?: (fault: unknown) => boolean | undefined;
  /** Left out, attempts and delays are not in operation records. */
  readonly recorder?: RetryRecorder;
  /** For the jitter; left out, every decorator draws its own. */
  readonly random?: Random;
  readonly sleep?: Sleep;
}

/**
 * Executes the handler again, after a growing delay, when a fault is one that passes: see `isRetryable`. Every attempt
 * reads and decides anew. A fault that does not pass is thrown unchanged, as is every fault when one attempt is allowed.
 * @throws RetriesExhaustedError when the last attempt failed, too
 * @throws OperationCanceledError when the signal ends a delay, at once
 */
export function retrying<Input, Answer extends Handled, State>(
  handler: Handler<Input, Answer, State>,
  options: RetryingOptions = {},
): Handler<Input, Answer & Retried, State> {
  const { classify, recorder, sleep = systemSleep, afterUnknownOutcome = false } = options;
  const { random = createRandom(randomInt(2 ** 47)) } = options;
  const settings = retrySettings(options.settings);

  async function handle(input: Input, handleOptions: HandleOptions<State> = {}): Promise<Answer & Retried> {
    let delayMs = 0;
    let failed: { readonly lastError: unknown } | undefined;
    for (let attempts = 1; ; attempts += 1) {
      recorder?.attemptStarted();
      try {
        const answer = await handler.handle(input, handleOptions);
        return { ...answer, retries: { attempts, delayMs, ...failed } };
      } catch (fault) {
        if (!passes(fault)) throw fault;
        if (attempts >= settings.attempts) throw exhausted(fault, attempts, delayMs);
        failed = { lastError: fault };
      }
      const delay = retryDelay(attempts, settings, random);
      await wait(delay, handleOptions.signal);
      delayMs += delay;
    }
  }

  function passes(fault: unknown): boolean {
    return classify?.(fault) ?? isRetryable(fault, { kind: handler.kind, afterUnknownOutcome });
  }

  function exhausted(cause: unknown, attempts: number, delayMs: number): unknown {
    return attempts === 1 ? cause : new RetriesExhaustedError(handler.name, { attempts, delayMs, cause });
  }

  async function wait(delay: number, signal: AbortSignal | undefined): Promise<void> {
    const end = recorder?.startRetryDelay();
    try {
      await sleep(delay, signal);
    } catch (fault) {
      throw signal?.aborted ? new OperationCanceledError({ cause: signal.reason }) : fault;
    } finally {
      end?.();
    }
  }

  return { ...handler, handle };
}
