import type pg from 'pg';
import { openPostgresEventStore } from '../eventstore/postgres/open-event-store.ts';
import type { OperationRecorder } from '../handling/recording/operation-recorder.ts';
import { retrySettings } from '../handling/retrying/retry-settings.ts';
import { systemClock } from '../lib/clock.ts';
import type { TextThatRan } from '../profiling/sources/source-mapping.ts';
import type { ProfileRequest } from '../protocol/run.ts';
import { exampleHandlers } from '../workload/example-handlers.ts';
import type { RunnableHandler } from '../workload/runnable-handler.ts';
import { UnknownHandlerError } from '../workload/unknown-handler-error.ts';
import { cleanedSnapshots } from './cleaned-snapshots.ts';
import { profiledSnapshots } from './profiled-snapshots.ts';
import type { RunContext } from './run-context.ts';

/** The handler that a request names, ready to run, with what it stands on. */
export interface ChosenHandler extends AsyncDisposable {
  readonly handler: RunnableHandler;
  /** Resolves when what executions leave to be done behind them is done: snapshots are saved. */
  settled(): Promise<void>;
  /** What ran in the place of a file that V8 cannot read as it stands; absent where every script ran as its file has it. */
  readonly textThatRan?: TextThatRan;
}

export interface HandlerSurroundings {
  readonly pool: pg.Pool;
  /** Told of the phases of the event store and of the handler. */
  readonly recorder: OperationRecorder;
}

/**
 * Makes ready what executes the handler of a request.
 * @throws UnknownHandlerError, InvalidSettingError
 */
export async function chooseHandler(
  request: ProfileRequest,
  surroundings: HandlerSurroundings,
  context: RunContext,
): Promise<ChosenHandler> {
  return await exampleHandler(request, surroundings, context);
}

async function exampleHandler(
  request: ProfileRequest,
  { pool, recorder }: HandlerSurroundings,
  context: RunContext,
): Promise<ChosenHandler> {
  const retries = retrySettings({}, process.env);
  const store = await openPostgresEventStore({ primary: pool, instrumentation: { recorder } });
  const { seed, input } = request;
  const { runId } = context.order;
  const snapshots = profiledSnapshots(request.snapshots, { store, recorder, log: context.log });
  const handlers = exampleHandlers({
    store,
    recorder,
    clock: systemClock,
    seed,
    runId,
    input,
    retries,
    ...(snapshots && { snapshots }),
  });
  const handler = find(handlers, request.handler);
  const cleaned = snapshots && cleanedSnapshots(store, context);
  // Not beside what is recorded.
  await cleaned?.begun;
  return {
    handler,
    settled: async () => snapshots?.keeper.settled(),
    [Symbol.asyncDispose]: async () => cleaned?.[Symbol.asyncDispose](),
  };
}

function find(handlers: readonly RunnableHandler[], name: string): RunnableHandler {
  const handler = handlers.find((candidate) => candidate.name === name);
  if (handler) return handler;
  const names = handlers.map((candidate) => candidate.name);
  throw new UnknownHandlerError(name, names);
}
