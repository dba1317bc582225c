import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { writeFileAtomically } from '../lib/write-file-atomically.ts';
import type { ExternalTool, ToolFindings } from '../profiling/external/external-tools.ts';
import { findTool } from '../profiling/external/find-tool.ts';
import { ownVariables } from '../profiling/external/tool-environment.ts';
import { ToolError } from '../profiling/external/tool-errors.ts';
import { withoutNetwork } from '../profiling/external/tool-page.ts';
import { phaseTotals } from '../profiling/phases/phase-totals.ts';
import { counted } from '../protocol/figures.ts';
import type { ProfileRequest, ProfileResult } from '../protocol/run.ts';
import { type AloneOrder, type AloneOutcome, aloneOutcomeSchema } from './alone-messages.ts';
import { comparedCost } from './compared-cost.ts';
import type { RunContext } from './run-context.ts';
import { runUnderTool, type ToolRun } from './run-under-tool.ts';
import { timesBehindTool, timesWithoutTool } from './run-without-tool.ts';
import { summariseOperations } from './summarise-operations.ts';
import { toolArtifacts } from './tool-artifacts.ts';
import { openToolScratch, type ToolScratch } from './tool-scratch.ts';
import { writeRunFiles } from './write-run-files.ts';

// Characters; Bubbleprof keeps each asynchronous operation in it.
const LARGE_PAGE = 20e6;

/** Run folders lie three folders below their workspace. */
const WORKSPACE = '../../..';

/**
 * Executes a handler again and again in a process that an external tool starts and records, and writes what comes of it
 * into the run's folder. @throws ToolError where the tool is missing, crashes, or finds nothing
 */
export async function executeExternal(
  tool: ExternalTool,
  request: ProfileRequest,
  context: RunContext,
): Promise<ProfileResult> {
  const { directory } = context.order;
  const found = await findTool(tool.package, {
    workspace: path.resolve(directory, WORKSPACE),
    installation: import.meta.filename,
  });
  await using scratch = await openToolScratch(directory);
  const { outcome, findings, html, without } = await record(
    { tool, program: found.program, scratch },
    request,
    context,
  );
  if (html.length > LARGE_PAGE) {
    context.log(
      `The page of ${tool.title} has ${Math.round(html.length / 1e6)} MB, and a browser needs a while for it. Fewer operations make it smaller.`,
    );
  }
  const { handler, traces, stoppedBy, slowOperation, gc, statements } = outcome;
  const { samplingIntervalMicros, snapshots, input } = request;
  const title = `${handler}, ${counted(traces.length, 'operation')}`;
  const { log } = context;
  const { profile, files } = await toolArtifacts({
    tool,
    findings,
    outcome,
    html,
    title,
    samplingIntervalMicros,
    log,
  });
  context.signal.throwIfAborted();
  return {
    kind: 'profile',
    handler,
    iterations: traces.length,
    collector: request.collector,
    tool: { name: tool.title, version: found.version, verdict: [...findings.verdict] },
    stoppedBy,
    ...(slowOperation && { slowOperation }),
    snapshots,
    ...(input && { input }),
    ...summariseOperations(traces),
    samples: findings.stacks?.samples.length ?? 0,
    ...(findings.stacks && { samplingIntervalMicros, sampleDistanceMicros: profile.sampleDistanceMicros }),
    nodes: profile.nodes.length,
    ...costOf(outcome, without, tool),
    ...(gc && { gc }),
    phases: phaseTotals(traces),
    ...(statements && { statements }),
    artifacts: await writeRunFiles(directory, files),
  };
}

interface Recorded {
  readonly outcome: AloneOutcome;
  readonly findings: ToolFindings;
  /** The tool's page, asking nobody for anything. */
  readonly html: string;
  /** Wall times of the same operations without the tool. */
  readonly without: Without;
}

/** `behind` is undefined where it failed. Empty both where executing changes something for good. */
interface Without {
  readonly before: readonly number[];
  readonly behind: readonly number[] | undefined;
}

async function record(recording: ToolRun, request: ProfileRequest, context: RunContext): Promise<Recorded> {
  const { tool, scratch } = recording;
  const { signal, progress } = context;
  const order = orderOf(scratch, context);
  const own = (name: string) => path.join(scratch.folder, name);
  // Whoever stops the recording has not stopped these: they are over soon.
  const timed = { ...order, outcomeFile: own('timed.json'), stopFile: own('timed-stop') };
  progress(`Executing a few operations without ${tool.title}`, 0, 0);
  const before = await timesWithoutTool(timed, scratch, context);
  progress(`Starting ${tool.title}`, 0, 0);
  // The URL of the database may hold a password.
  await writeFileAtomically(scratch.orderFile, JSON.stringify(order), { mode: 0o600 });
  await runUnderTool(recording, request, context);
  // What changes something for good was not executed before either.
  const isCompared = before.length > 0;
  if (isCompared) progress(`Executing the same operations without ${tool.title}`, 0, 0);
  const behind = isCompared ? await timesBehindTool(timed, scratch, context) : before;
  progress(`Reading what ${tool.title} recorded`, 0, 0);
  signal.throwIfAborted();
  const outcome = aloneOutcomeSchema.parse(JSON.parse(await readOrFail(scratch.outcomeFile, tool)));
  const html = withoutNetwork(await readOrFail(tool.page(scratch.folder), tool));
  const findings = await tool.read({
    scratch: scratch.folder,
    html,
    marks: outcome.marks,
    textThatRan: (url) => outcome.textsThatRan[url],
    lifeline: scratch.lifeline,
    signal,
  });
  return { outcome, findings, html, without: { before, behind } };
}

function orderOf({ outcomeFile, stopFile }: ToolScratch, context: RunContext): AloneOrder {
  return {
    execute: context.order,
    cwd: process.cwd(),
    variables: ownVariables(),
    outcomeFile,
    stopFile,
  };
}

/** What the tool cost the operations, or why nobody knows. */
function costOf(
  { traces }: AloneOutcome,
  { before, behind }: Without,
  { title }: ExternalTool,
): Pick<ProfileResult, 'costOfMeasuring' | 'costUnknown'> {
  const underTool = traces.map(({ durationMicros }) => durationMicros);
  const costOfMeasuring = comparedCost({ underTool, before, behind: behind ?? [] });
  if (costOfMeasuring !== undefined) return { costOfMeasuring };
  const reason =
    behind === undefined
      ? `the same operations failed without ${title}; the log says how`
      : `to compare, the handler would have to be executed without ${title} too, and it changes something each time`;
  return { costUnknown: `not known: ${reason}.` };
}

async function readOrFail(file: string, { title }: ExternalTool): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new ToolError(
      'tool_crashed',
      `${title} ended without leaving what it should: ${path.basename(file)}.`,
      {
        advice: 'Try another collector, v8-cpu for one.',
        cause,
      },
    );
  }
}
