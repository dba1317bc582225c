import { link, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type ExternalTool, keptLogFolder } from '../profiling/external/external-tools.ts';
import { findTickLogs } from '../profiling/external/tick-log.ts';
import { toolEnvironment } from '../profiling/external/tool-environment.ts';
import { startTool } from '../profiling/external/tool-process.ts';
import type { ProfileRequest } from '../protocol/run.ts';
import { ALONE, type AloneNews } from './alone-messages.ts';
import { newsOf } from './alone-news.ts';
import type { RunContext } from './run-context.ts';
import type { ToolScratch } from './tool-scratch.ts';
import { ToolWatch } from './tool-watch.ts';
import { WorkloadError } from './workload-error.ts';

// Starting a Node.js under a tool takes a second or two, drawing some ten: many times that on a loaded machine.
const STARTS_WITHIN_MS = 120_000;
const DRAWS_WITHIN_MS = 600_000;

export interface ToolRun {
  readonly tool: ExternalTool;
  /** The tool's command. */
  readonly program: string;
  /** Holds the order. */
  readonly scratch: ToolScratch;
}

/**
 * Lets a tool start the workload, and waits until it has drawn. The workload's own progress is passed on.
 * @throws ToolError for the tool's faults, WorkloadError for the workload's
 */
export async function runUnderTool(
  run: ToolRun,
  request: ProfileRequest,
  context: RunContext,
): Promise<void> {
  const { tool, scratch } = run;
  const running = startTool({
    title: tool.title,
    args: commandOf(run, request, context),
    lifeline: scratch.lifeline,
    cwd: scratch.folder,
    env: toolEnvironment(tool, scratch.folder),
    signal: context.signal,
    onLine: (line) => passOn(line, follow),
  });
  const fail = (error: unknown) => running.fail(error);
  using watch = new ToolWatch({ handler: request.handler, fail });
  function follow(news: AloneNews): void {
    switch (news.type) {
      case 'progress':
        // Its operations take as long as they take.
        running.limit(FOREVER_MS, 'executing the handler');
        context.progress(news.step, news.done, news.total);
        break;
      case 'log':
        context.log(news.message);
        break;
      case 'failed':
        fail(new WorkloadError(news.error));
        break;
      case 'recorded':
        context.progress(`${tool.title} is drawing`, 0, 0);
        running.limit(DRAWS_WITHIN_MS, 'drawing what it recorded');
        keepTickLogs(scratch.folder).catch(fail);
        break;
      case 'watched':
        watch.watched(news.stretch, news.limitMs);
        break;
      case 'beat':
        watch.beat();
    }
  }
  running.limit(STARTS_WITHIN_MS, 'starting');
  const onStop = () => void writeFile(scratch.stopFile, '').catch(fail);
  context.stop.addEventListener('abort', onStop, { once: true });
  if (context.stop.aborted) onStop();
  try {
    await running.ended;
  } finally {
    context.stop.removeEventListener('abort', onStop);
  }
}

// The longest that a timer can be set to.
const FOREVER_MS = 2 ** 31 - 1;

function commandOf(
  { tool, program, scratch }: ToolRun,
  { samplingIntervalMicros }: ProfileRequest,
  { order }: RunContext,
): string[] {
  const entry = process.argv[1];
  if (entry === undefined) throw new TypeError('The runner does not know its own file');
  return [
    program,
    ...tool.args(scratch.folder),
    scratch.node,
    ...tool.nodeFlags(samplingIntervalMicros),
    entry,
    order.runId,
    ALONE,
    scratch.orderFile,
  ];
}

/** Lines of the workload for us; everything else is printed, for the log. */
function passOn(line: string, follow: (news: AloneNews) => void): boolean {
  const news = newsOf(line);
  if (news !== undefined) follow(news);
  else if (line.trim() !== '') console.error(line);
  return news !== undefined;
}

/** Tools move the logs, or delete them when they have read them. V8 goes on writing into what is linked. */
async function keepTickLogs(scratch: string): Promise<void> {
  for (const log of await findTickLogs(scratch)) {
    await link(log, path.join(keptLogFolder(scratch), path.basename(log)));
  }
}
