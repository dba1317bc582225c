import path from 'node:path';
import { workspaceAt } from '../main/workspace.ts';
import type { ServerClient } from '../protocol/client.ts';
import { amount } from '../protocol/figures.ts';
import type { Run, RunEvent } from '../protocol/run.ts';
import { SIMULATION_FILE } from '../protocol/run-files.ts';
import { ServerRequestError } from '../protocol/server-request-error.ts';
import { simulationReport } from '../protocol/simulation-report.ts';
import type { SimulationRequest } from '../protocol/simulation-request.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { untilFirst } from './open-runs.ts';
import { ProgressLine } from './progress-line.ts';
import type { SimulationValues } from './simulation-options.ts';
import { simulationRequestOf } from './simulation-values.ts';
import { type ServerChoice, withServer } from './with-server.ts';

export interface SimulateOptions extends ServerChoice {
  readonly values: SimulationValues;
  /** Print the result as JSON instead of tables. */
  readonly json: boolean;
}

/** `simulate`: one run down the same road as the others'. @throws UsageError, ServerRequestError, CancelledError */
export async function simulateCommand(options: SimulateOptions): Promise<ExitCode> {
  const request = simulationRequestOf(options.values);
  const progress = new ProgressLine(process.stderr);
  try {
    await withServer(options, progress, async (client, signal) => {
      const { id } = await client.createRun(request, { signal });
      const run = await overOrCancelled(client, id, { signal, progress, request });
      progress.clear();
      await report(client, run, options);
      signal.throwIfAborted();
      refuseFailed(run);
    });
    return EXIT.ok;
  } finally {
    progress.clear();
  }
}

interface Following {
  readonly signal: AbortSignal;
  readonly progress: ProgressLine;
  readonly request: SimulationRequest;
}

/** What was done before Ctrl+C is worth to be told: the run ends in order and has its result. */
async function overOrCancelled(client: ServerClient, id: string, following: Following): Promise<Run> {
  try {
    return await over(client, id, following);
  } catch (error) {
    if (!following.signal.aborted) throw error;
    following.progress.show('Ending the simulation', undefined);
    return await client.cancelRun(id);
  }
}

async function over(
  client: ServerClient,
  id: string,
  { signal, progress, request }: Following,
): Promise<Run> {
  await untilFirst(client, id, { signal, say: (line) => progress.note(line) });
  const live = new LiveLine(progress, request);
  for await (const event of client.followRun(id, { signal })) {
    if (event.type === 'done') return event.run;
    live.take(event);
  }
  throw new TypeError('The events of the run ended without its end');
}

/** Progress with the figures of the last second; in a log without them, where each would be a line. */
class LiveLine {
  readonly #progress: ProgressLine;
  readonly #request: SimulationRequest;
  #figures = '';

  constructor(progress: ProgressLine, request: SimulationRequest) {
    this.#progress = progress;
    this.#request = request;
  }

  take(event: RunEvent): void {
    if (event.type === 'log') this.#progress.note(event.message);
    if (event.type === 'metrics') this.#figures = figuresOf(event.values);
    if (event.type !== 'progress') return;
    const { step, done, total } = event;
    const isMeasuring = total === this.#request.durationSeconds;
    const figures = isMeasuring && process.stderr.isTTY ? this.#figures : '';
    this.#progress.show(`${step}${figures}`, total > 0 ? done / total : undefined);
  }
}

function figuresOf({ ended = 0, p99Millis = 0, backlog = 0 }: Readonly<Record<string, number>>): string {
  const waiting = backlog > 0 ? `, ${amount(backlog)} waiting` : '';
  return ` (${amount(ended)}/s, p99 ${amount(p99Millis)} ms${waiting})`;
}

async function report(client: ServerClient, run: Run, options: SimulateOptions): Promise<void> {
  const result = await resultOf(client, run);
  if (result === undefined) return;
  const file = path.join(workspaceAt(options.workspace).runs, run.id, SIMULATION_FILE);
  const { summary } = result;
  console.log(
    options.json ? JSON.stringify({ run: run.id, file, ...summary }, null, 2) : simulationReport(summary),
  );
  console.error(`Kept: ${file}`);
}

/** Undefined when the run ended before it had anything to tell. */
async function resultOf(client: ServerClient, run: Run) {
  try {
    const result = await client.result(run.id);
    if (result.kind !== 'simulation') throw new TypeError('The result is none of a simulation');
    return result;
  } catch (error) {
    if (run.state !== 'succeeded' && error instanceof ServerRequestError && error.code === 'no_result') {
      return undefined;
    }
    throw error;
  }
}

function refuseFailed(run: Run): void {
  if (run.state === 'succeeded') return;
  const error = run.error ?? { code: 'cancelled', message: 'The run was cancelled by somebody else.' };
  throw new ServerRequestError(error, 0);
}
