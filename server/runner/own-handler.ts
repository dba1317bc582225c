import path from 'node:path';
import { ConfigError } from '../config/config-error.ts';
import type { HandlerContext, RunResources } from '../config/handler-context.ts';
import { createInputRandom } from '../config/input-random.ts';
import type { CheckedHandler } from '../config/loading/config-schema.ts';
import { summaryOf } from '../config/loading/list-handlers.ts';
import { faultAt, type HandlerFunction, type HandlerPlace } from '../config/loading/load-handler.ts';
import { shownFault, type UserCode } from '../config/loading/user-fault.ts';
import { withinLimit } from '../config/loading/within-limit.ts';
import type { Outcome } from '../handling/recording/operation-record.ts';
import type { OperationRecorder } from '../handling/recording/operation-recorder.ts';
import type { ProfileRequest } from '../protocol/run.ts';
import type { RunnableHandler } from '../workload/runnable-handler.ts';
import type { Stretch, Watch } from './control-watch.ts';
import { ExecutionGuard, type GuardFault } from './execution-guard.ts';
import { handlerAdvice } from './handler-advice.ts';
import { OwnContext } from './own-context.ts';
import type { OwnResources } from './own-resources.ts';

export interface OwnHandlerOptions {
  readonly place: HandlerPlace;
  readonly call: HandlerFunction;
  readonly resources: OwnResources;
  readonly recorder: OperationRecorder;
  readonly watch: Watch;
  readonly request: ProfileRequest;
  readonly log: (line: string) => void;
}

const CLEAN_UP_WITHIN_MS = 30_000;

/** It may wait for as long as it likes, but a preparation that computes so long never ends. */
const PREPARED_WITHIN_MS = 120_000;

/** A handler of the user's own together with its inputs. */
export class OwnHandler implements RunnableHandler, AsyncDisposable {
  readonly name: string;
  readonly kind: CheckedHandler['kind'];
  readonly summary: string;
  readonly #options: OwnHandlerOptions;
  readonly #code: UserCode;
  readonly #guard: ExecutionGuard;
  readonly #isGenerator: boolean;
  #preparation: { readonly prepared: Promise<unknown> } | undefined;
  #iteration = 0;
  #input: unknown;

  constructor(options: OwnHandlerOptions) {
    const { name, kind, summary } = summaryOf(options.place.handler);
    this.name = name;
    this.kind = kind;
    this.summary = summary;
    this.#options = options;
    this.#code = { folder: path.dirname(options.place.file) };
    this.#guard = new ExecutionGuard(this.#handler.timeoutMs, (fault) => this.#givenUp(fault));
    this.#isGenerator = /^(?:Async)?GeneratorFunction$/.test(options.call.constructor.name);
  }

  async prepare(): Promise<void> {
    await this.#prepared();
  }

  async execute(iteration: number, signal: AbortSignal) {
    const { call, resources, recorder } = this.#options;
    const prepared = await this.#prepared();
    signal.throwIfAborted();
    this.#iteration = iteration;
    const input = await this.#inputOf(iteration, prepared);
    this.#input = input;
    const context: HandlerContext = new OwnContext({ resources, recorder, iteration });
    const operation = { handler: this.name, kind: this.kind, iteration };
    try {
      return await recorder.record(operation, async () => {
        const { timeoutMs } = this.#handler;
        const answer = await this.#watched('execution', timeoutMs, () =>
          this.#guard.run(() => this.#answerOf(call(input, context))),
        );
        return { outcome: this.#outcomeOf(answer) };
      });
    } catch (cause) {
      signal.throwIfAborted();
      throw this.#failed(cause);
    }
  }

  lastInput(): unknown {
    return this.#input;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { resources, log } = this.#options;
    const { cleanUp } = this.#handler;
    try {
      // Without a preparation that went well there is nothing of it to clean up.
      const prepared = await this.#preparation?.prepared.catch(() => undefined);
      if (cleanUp === undefined || this.#preparation === undefined) return;
      await this.#watched('cleanUp', CLEAN_UP_WITHIN_MS, () => {
        const work = Promise.resolve(cleanUp.call(this.#handler, withMore(resources, { prepared }) as never));
        return withinLimit(work, CLEAN_UP_WITHIN_MS, () => new Error('It took longer than 30 s'));
      });
    } catch (error) {
      log(`cleanUp of ${this.name} failed: ${shownFault(error, this.#code)}.`);
    } finally {
      this.#guard[Symbol.dispose]();
    }
  }

  get #handler(): CheckedHandler {
    return this.#options.place.handler;
  }

  #prepared(): Promise<unknown> {
    this.#preparation ??= { prepared: this.#prepare() };
    return this.#preparation.prepared;
  }

  async #prepare(): Promise<unknown> {
    const { resources, place, request } = this.#options;
    const { prepare } = this.#handler;
    try {
      return await this.#watched('prepare', PREPARED_WITHIN_MS, async () =>
        prepare?.call(this.#handler, withMore(resources, { executions: executionsOf(request) }) as never),
      );
    } catch (cause) {
      resources.signal.throwIfAborted();
      const reason = `it failed with ${shownFault(cause, this.#code)}.`;
      throw faultAt(place, 'prepare', {
        code: 'handler_prepare_failed',
        reason,
        ...handlerAdvice(cause, resources),
        cause,
      });
    }
  }

  async #inputOf(iteration: number, prepared: unknown): Promise<unknown> {
    const { request, place, resources } = this.#options;
    if (request.input !== undefined) return request.input;
    const { input } = this.#handler;
    if (typeof input !== 'function') return input;
    try {
      const random = createInputRandom(request.seed, iteration);
      return await this.#watched('input', this.#handler.timeoutMs, async () =>
        input.call(this.#handler, { random, iteration, prepared }),
      );
    } catch (cause) {
      const reason = `for ${this.#executionNamed()} it failed with ${shownFault(cause, this.#code)}.`;
      throw faultAt(place, 'input', {
        code: 'handler_input_failed',
        reason,
        ...handlerAdvice(cause, resources),
        cause,
      });
    }
  }

  /** What a generator gives is asked of it: nothing of it would be executed otherwise. */
  async #answerOf(answer: unknown): Promise<unknown> {
    if (!this.#isGenerator) return await answer;
    for await (const _ of answer as AsyncIterable<unknown>);
    return undefined;
  }

  /** A command may say what came of it, as the examples do. */
  #outcomeOf(answer: unknown): Outcome {
    if (this.kind === 'query') return 'answered';
    const outcome =
      typeof answer === 'object' && answer !== null ? Reflect.get(answer, 'outcome') : undefined;
    return outcome === 'idempotent' || outcome === 'rejected' ? outcome : 'accepted';
  }

  /** Code that never gives back control ends this process. */
  async #watched<T>(stretch: Stretch, limitMs: number, work: () => Promise<T>): Promise<T> {
    const { watch } = this.#options;
    watch.begin(stretch, limitMs);
    try {
      return await work();
    } finally {
      watch.end();
    }
  }

  #executionNamed(): string {
    const { iterations } = this.#options.request;
    return this.#iteration === iterations ? 'the execution that warms up' : `execution ${this.#iteration}`;
  }

  #failed(cause: unknown): Error {
    if (cause instanceof ConfigError) return cause;
    const message = `${this.name} failed in ${this.#executionNamed()}: ${shownFault(cause, this.#code)}.`;
    return new ConfigError('handler_failed', message, {
      ...handlerAdvice(cause, this.#options.resources),
      field: 'handler',
      cause,
    });
  }

  #givenUp(fault: GuardFault): Error {
    if (fault.kind === 'stray') {
      const thrown = shownFault(fault.thrown, this.#code);
      return new ConfigError(
        'handler_failed',
        `Code of ${this.name} failed where nobody waits for it: ${thrown}.`,
        {
          advice: 'Await every promise, or handle its rejection.',
          ...handlerAdvice(fault.thrown, this.#options.resources),
          field: 'handler',
          cause: fault.thrown,
        },
      );
    }
    const { timeoutMs } = this.#handler;
    const message = `${this.name} was not done within ${timeoutMs.toLocaleString('en-US')} ms in ${this.#executionNamed()}.`;
    return new ConfigError('handler_timeout', message, {
      advice: 'Look for a promise that never settles, or give the handler more time with timeoutMs.',
      field: 'handler',
    });
  }
}

/** Its getters stay getters: nothing is opened that is not used. */
function withMore<More extends object>(resources: OwnResources, more: More): RunResources & More {
  const { store, databaseUrl, signal } = resources;
  return {
    store,
    databaseUrl,
    signal,
    ...more,
    get pool() {
      return resources.pool;
    },
  };
}

/** Beside the recorded ones there is one that warms up, and a recording of the heap tries one more. */
function executionsOf({ stop, iterations, collector }: ProfileRequest): number | undefined {
  if (stop !== undefined && stop.kind !== 'iterations') return undefined;
  return iterations + (collector === 'v8-heap' ? 2 : 1);
}
