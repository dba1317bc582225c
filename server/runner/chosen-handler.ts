import path from 'node:path';
import type pg from 'pg';
import { ConfigError } from '../config/config-error.ts';
import { loadConfig } from '../config/loading/load-config.ts';
import { type HandlerPlace, loadHandler } from '../config/loading/load-handler.ts';
import { type UserModules, userModules } from '../config/loading/user-modules.ts';
import { withinLimit } from '../config/loading/within-limit.ts';
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
import { ControlWatch } from './control-watch.ts';
import { OwnHandler } from './own-handler.ts';
import { OwnResources } from './own-resources.ts';
import { profiledSnapshots } from './profiled-snapshots.ts';
import type { RunContext } from './run-context.ts';
import { ToldWatch } from './told-watch.ts';

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
 * @throws UnknownHandlerError, InvalidSettingError, ConfigError
 */
export async function chooseHandler(
  request: ProfileRequest,
  surroundings: HandlerSurroundings,
  context: RunContext,
): Promise<ChosenHandler> {
  const { configFile } = context.order;
  return configFile === undefined
    ? await exampleHandler(request, surroundings, context)
    : await ownHandler(request, { ...surroundings, configFile }, context);
}

// A large application takes two seconds; one that hangs must not look like one.
const LOAD_WITHIN_MS = 30_000;

/** The config file is loaded into this process, which executes nothing else. */
async function ownHandler(
  request: ProfileRequest,
  { pool, recorder, configFile: file }: HandlerSurroundings & { readonly configFile: string },
  context: RunContext,
): Promise<ChosenHandler> {
  context.progress(`Loading ${request.handler}`, 0, 0);
  // What the user's code reads beside itself (`.env`, say) it looks for from here.
  process.chdir(path.dirname(file));
  const modules = userModules();
  const watch = context.isUnderTool ? new ToldWatch() : new ControlWatch(request.handler);
  watch.begin('loading', LOAD_WITHIN_MS);
  const place = await withinLimit(placeOf(request.handler, { file, modules }), LOAD_WITHIN_MS, () =>
    slow(file),
  );
  const call = await withinLimit(loadHandler(place, modules), LOAD_WITHIN_MS, () =>
    slow(place.handler.module),
  );
  modules.rest();
  watch.end();
  const resources = new OwnResources({ pool, recorder }, context);
  const { log } = context;
  const handler = new OwnHandler({ place, call, resources, recorder, request, log, watch });
  return {
    handler,
    settled: async () => watch.rest(),
    textThatRan: modules.textThatRan,
    async [Symbol.asyncDispose]() {
      // Cleaning up needs the resources.
      await handler[Symbol.asyncDispose]();
      await resources[Symbol.asyncDispose]();
      watch[Symbol.dispose]();
    },
  };
}

async function placeOf(
  name: string,
  { file, modules }: { readonly file: string; readonly modules: UserModules },
): Promise<HandlerPlace> {
  const { handlers } = await loadConfig(file, modules);
  const index = handlers.findIndex((handler) => handler.name === name);
  const handler = handlers[index];
  if (handler !== undefined) return { file, index, handler };
  const names = handlers.map((candidate) => candidate.name);
  throw new UnknownHandlerError(name, names);
}

function slow(what: string): ConfigError {
  return new ConfigError('config_too_slow', `${path.basename(what)} was not loaded within 30 s.`, {
    advice: 'A top-level await that never ends holds it up. Let modules do their work in functions.',
  });
}

async function exampleHandler(
  request: ProfileRequest,
  { pool, recorder }: HandlerSurroundings,
  context: RunContext,
): Promise<ChosenHandler> {
  const retries = retrySettings(context.order.retries, process.env);
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
