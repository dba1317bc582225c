import { setTimeout as delay } from 'node:timers/promises';
import { openPool } from './database/pool.ts';
import { describeError, stackOf } from './lib/describe-error.ts';
import { externalTool } from './profiling/external/external-tools.ts';
import type { RunResult } from './protocol/run.ts';
import {
  type ExecuteMessage,
  type FromRunner,
  type ToRunner,
  toRunnerSchema,
} from './protocol/runner-messages.ts';
import { ALONE } from './runner/alone-messages.ts';
import { executeAlone } from './runner/execute-alone.ts';
import { executeAttach } from './runner/execute-attach.ts';
import { executeExplain } from './runner/execute-explain.ts';
import { executeExternal } from './runner/execute-external.ts';
import { executeProfile } from './runner/execute-profile.ts';
import { executeSeed } from './runner/execute-seed.ts';
import { connectionsOf, EndedEarlyError, executeSimulation } from './runner/execute-simulation.ts';
import { endWithServer } from './runner/lifeline.ts';
import type { RunContext } from './runner/run-context.ts';
import { throttledProgress } from './runner/throttled-progress.ts';

/*
 * The child process of one run: executes the one order that it gets, says how it ended, and is gone.
 * It ends with the server, and when it is told to.
 */
const POOL_ENDS_WITHIN_MS = 1_000;

const abort = new AbortController();
const stop = new AbortController();

const [, , , mode, orderFile] = process.argv;
if (mode === ALONE && orderFile !== undefined) await executeAlone(orderFile);
else serve();

function serve(): void {
  endWithServer();
  process.on('disconnect', () => abort.abort());
  process.on('message', (message) => {
    const parsed: ToRunner = toRunnerSchema.parse(message);
    if (parsed.type === 'abort') abort.abort();
    else if (parsed.type === 'stop') stop.abort();
    else void execute(parsed);
  });
}

async function execute(order: ExecuteMessage): Promise<void> {
  const last = await outcomeOf(order);
  // Whatever a handler left open (a timer, a connection) must not keep the process alive.
  say(last, () => process.exit(0));
}

async function outcomeOf(order: ExecuteMessage): Promise<FromRunner> {
  try {
    return { type: 'succeeded', result: await run(order) };
  } catch (error) {
    const result = error instanceof EndedEarlyError ? { result: error.result } : {};
    const cause = error instanceof EndedEarlyError ? error.cause : error;
    if (abort.signal.aborted) return { type: 'cancelled', ...result };
    const description = describeError(cause);
    // A foreseen fault says all in its sentence.
    if (description.code === 'internal') console.error(stackOf(cause));
    return { type: 'failed', error: description, ...result };
  }
}

async function run(order: ExecuteMessage): Promise<RunResult> {
  const log = (message: string) => say({ type: 'log', message });
  const progress = throttledProgress(
    (step, done, total) => say({ type: 'progress', step, done, total }),
    () => performance.now(),
  );
  const metrics = (values: Readonly<Record<string, number>>) => say({ type: 'metrics', values });
  const deliver = (result: RunResult) => say({ type: 'succeeded', result });
  const context: RunContext = {
    order,
    signal: abort.signal,
    stop: stop.signal,
    progress,
    deliver,
    log,
    metrics,
  };
  const { request } = order;
  const pool = openPool({
    connectionString: order.databaseUrl,
    applicationName: order.applicationName,
    ...(request.kind === 'simulation' ? { max: connectionsOf(request) } : {}),
    log: console.error,
  });
  try {
    switch (request.kind) {
      case 'profile': {
        const tool = externalTool(request.collector);
        return tool === undefined
          ? await executeProfile(request, pool, context)
          : await executeExternal(tool, request, context);
      }
      case 'seed':
        return await executeSeed(request, pool, context);
      case 'simulation':
        return await executeSimulation(request, pool, context);
      case 'attach':
        return await executeAttach(request, context);
      case 'explain':
        return await executeExplain(request, context);
    }
  } finally {
    // A connection that hangs must not keep the result from being told: this process ends behind it anyway.
    await Promise.race([pool.end(), delay(POOL_ENDS_WITHIN_MS)]);
  }
}

function say(message: FromRunner, then?: () => void): void {
  // The server is gone when the channel is closed; `disconnect` has ended the run then.
  if (!process.send) process.exit(1);
  if (process.connected) process.send(message, () => then?.());
  else then?.();
}
