import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { openPool } from '../database/pool.ts';
import { createOperationRecorder } from '../handling/recording/operation-recorder.ts';
import { systemClock } from '../lib/clock.ts';
import { describeError, stackOf } from '../lib/describe-error.ts';
import { writeFileAtomically } from '../lib/write-file-atomically.ts';
import type { Capture } from '../profiling/capture/collector.ts';
import { markName } from '../profiling/external/log-clock.ts';
import type { TimedMark } from '../profiling/external/tick-log.ts';
import { gcByPhase } from '../profiling/phases/gc-by-phase.ts';
import type { ProfileRequest } from '../protocol/run.ts';
import { type AloneOrder, type AloneOutcome, aloneOrderSchema, say } from './alone-messages.ts';
import { type ChosenHandler, chooseHandler } from './chosen-handler.ts';
import { loadedScripts } from './loaded-scripts.ts';
import { ProfiledStatements } from './profiled-statements.ts';
import { recordWorkload } from './record-workload.ts';
import type { RunContext } from './run-context.ts';
import { throttledProgress } from './throttled-progress.ts';
import { timedOperations } from './timed-operations.ts';

const POLL_MS = 200;
const POOL_ENDS_WITHIN_MS = 1_000;

// What a handler left open may keep the process alive, and the tool waits for its end.
const ENDS_WITHIN_MS = 10_000;

/**
 * Executes the workload of a profile in a process that a tool has started and records: what a runner does, without
 * anybody at the other end. The process ends behind it in the way that lets the tools write what they have.
 */
export async function executeAlone(orderFile: string): Promise<void> {
  try {
    await execute(await takeOrder(orderFile));
  } catch (error) {
    const description = describeError(error);
    if (description.code === 'internal') console.error(stackOf(error));
    say({ type: 'failed', error: description });
  }
}

/** The order names the database with its password, so it does not stay on the disk. */
async function takeOrder(file: string): Promise<AloneOrder> {
  const order = aloneOrderSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  await rm(file);
  for (const [name, value] of Object.entries(order.variables)) {
    if (value === null) delete process.env[name];
    else process.env[name] = value;
  }
  process.chdir(order.cwd);
  return order;
}

async function execute(order: AloneOrder): Promise<void> {
  const { request } = order.execute;
  if (request.kind !== 'profile') throw new TypeError('Only a profile is executed alone');
  const pool = openPool({
    connectionString: order.execute.databaseUrl,
    applicationName: order.execute.applicationName,
    log: console.error,
  });
  await using ended = {
    [Symbol.asyncDispose]: () => Promise.race([pool.end(), delay(POOL_ENDS_WITHIN_MS)]),
  };
  const context = contextOf(order);
  using statements = new ProfiledStatements(pool, context);
  const recorder = createOperationRecorder(systemClock);
  await using chosen = await chooseHandler(request, { pool, recorder }, context);
  if (order.timed !== undefined) {
    await writeFileAtomically(
      order.outcomeFile,
      JSON.stringify(await timedOperations({ chosen, statements, ...order.timed }, request, context)),
    );
    setTimeout(() => process.exit(0), POOL_ENDS_WITHIN_MS).unref();
    return;
  }
  const startedAt = new Date().toISOString();
  const recorded = await recordWorkload(
    { chosen, collector: markingCollector, statements },
    request,
    context,
  );
  const { records, gcPauses, stoppedBy, slowOperation, capture } = recorded;
  const observed = await statements.end(records);
  const outcome: AloneOutcome = {
    handler: chosen.handler.name,
    startedAt,
    traces: [...observed.traces],
    textsThatRan: textsOf(chosen),
    marks: [...capture],
    stoppedBy,
    slowOperation,
    gc: gcByPhase(gcPauses, observed.traces).report,
    statements: observed.statements,
  };
  await writeFileAtomically(order.outcomeFile, JSON.stringify(outcome));
  say({ type: 'recorded' });
  endFor(request, ended);
}

/** Whoever reads what the tool recorded has loaded none of it. */
function textsOf({ textThatRan }: ChosenHandler): Record<string, string> {
  if (textThatRan === undefined) return {};
  const texts = loadedScripts().map((url) => [url, textThatRan(url)] as const);
  return Object.fromEntries(texts.flatMap(([url, text]) => (text === undefined ? [] : [[url, text]])));
}

function contextOf(order: AloneOrder): RunContext {
  const stop = new AbortController();
  setInterval(() => {
    if (existsSync(order.stopFile)) stop.abort();
  }, POLL_MS).unref();
  return {
    order: order.execute,
    isUnderTool: true,
    // Whoever cancels ends the process.
    signal: new AbortController().signal,
    stop: stop.signal,
    progress: throttledProgress(
      (step, done, total) => say({ type: 'progress', step, done, total }),
      () => performance.now(),
    ),
    deliver: () => undefined,
    log: (message) => say({ type: 'log', message }),
    metrics: () => undefined,
  };
}

/** Records nothing itself: it notes the time in V8's tick log, where one is written, before and behind the operations. */
const markingCollector = {
  async start(): Promise<Capture<readonly TimedMark[]>> {
    const marks = [mark(0)];
    return {
      stop: async () => [...marks, mark(1)],
      [Symbol.asyncDispose]: async () => undefined,
    };
  },
};

/** V8 logs the moment at which it compiles a function. */
function mark(at: number): TimedMark {
  const before = systemClock.monotonicMicros();
  const compiled: unknown = new Function(`return (function ${markName(at)}() { return ${at}; })()`)();
  const after = systemClock.monotonicMicros();
  if (compiled !== at) throw new TypeError('The engine did not compile the mark');
  return { before, after };
}

/**
 * The tools write what they have on the first of: an empty event loop, SIGINT. What is alive then is what a heap
 * profiler shows, so it is told while the records still are.
 */
function endFor({ collector }: ProfileRequest, _alive: object): void {
  if (collector === 'clinic-heapprofiler') process.emit('SIGINT');
  setTimeout(() => process.emit('SIGINT'), POLL_MS).unref();
  setTimeout(() => process.exit(0), ENDS_WITHIN_MS).unref();
}
