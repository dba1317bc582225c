import { readFile, writeFile } from 'node:fs/promises';
import { describeError } from '../lib/describe-error.ts';
import { startTool } from '../profiling/external/tool-process.ts';
import { ALONE, type AloneNews, type AloneOrder, timedOutcomeSchema } from './alone-messages.ts';
import { newsOf } from './alone-news.ts';
import type { RunContext } from './run-context.ts';
import type { ToolScratch } from './tool-scratch.ts';
import { ToolWatch } from './tool-watch.ts';
import { WorkloadError } from './workload-error.ts';

// As many as give a median that a few slow ones do not move; not so long that anybody waits for it.
const OPERATIONS = 50;
const MILLIS = 2_000;
// Loading, connecting and reading what the inputs are chosen from is in it.
const WITHIN_MS = 120_000;

/**
 * Wall times of the first operations of a request, executed in a process as a tool starts it, but without the tool; none
 * of a command, which changes something for good.
 * @throws the workload's faults, ToolError where the process ends without telling one, the reason of the signal
 */
export async function timesWithoutTool(
  order: AloneOrder,
  scratch: ToolScratch,
  context: RunContext,
): Promise<readonly number[]> {
  await execute(order, scratch, context);
  return timedOutcomeSchema.parse(JSON.parse(await readFile(order.outcomeFile, 'utf8'))).durations;
}

/** The same behind the recording: a fault is told in the log and gives undefined, for what was recorded is as good as ever. */
export async function timesBehindTool(
  order: AloneOrder,
  scratch: ToolScratch,
  context: RunContext,
): Promise<readonly number[] | undefined> {
  try {
    return await timesWithoutTool(order, scratch, context);
  } catch (error) {
    context.signal.throwIfAborted();
    const { message } = describeError(error);
    context.log(`What the tool costs is not known: without it the operations failed. ${message}`);
    return undefined;
  }
}

async function execute(order: AloneOrder, scratch: ToolScratch, context: RunContext): Promise<void> {
  const entry = process.argv[1];
  if (entry === undefined) throw new TypeError('The runner does not know its own file');
  const { request, runId } = context.order;
  if (request.kind !== 'profile') throw new TypeError('Only a profile is executed alone');
  const { handler } = request;
  const timed = { operations: OPERATIONS, millis: MILLIS };
  // The URL of the database may hold a password.
  await writeFile(scratch.orderFile, JSON.stringify({ ...order, timed }), { mode: 0o600 });
  const running = startTool({
    title: `${handler} without the tool`,
    args: [entry, runId, ALONE, scratch.orderFile],
    lifeline: scratch.lifeline,
    cwd: scratch.folder,
    env: process.env,
    signal: context.signal,
    onLine: (line) => follow(newsOf(line)),
  });
  using watch = new ToolWatch({ handler, fail: running.fail });
  function follow(news: AloneNews | undefined): boolean {
    if (news?.type === 'failed') running.fail(new WorkloadError(news.error));
    if (news?.type === 'watched') watch.watched(news.stretch, news.limitMs);
    if (news?.type === 'beat') watch.beat();
    return news !== undefined;
  }
  running.limit(WITHIN_MS, 'executing the handler without the tool');
  await running.ended;
}
