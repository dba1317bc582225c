import { openPool } from '../../../server/database/pool.ts';
import { simulationRequestSchema } from '../../../server/protocol/simulation-request.ts';
import type { SimulationSummary } from '../../../server/protocol/simulation-result.ts';
import { connectionsOf, executeSimulation } from '../../../server/runner/execute-simulation.ts';
import { temporaryDirectory } from '../../db/support/temporary-directory.ts';
import { progress } from '../eventstore/progress.ts';
import { type MemorySample, sampleMemory } from './memory.ts';

/** To the benchmark: a sample of this process's memory, or the summary in the end. */
export type FromSimulation = { readonly memory: MemorySample } | { readonly summary: SimulationSummary };

/** Often enough for a slope in a short run, and every minute in a long one. */
const LEAST_SAMPLES = 9;
const MINUTE = 60;

/** A simulation as `simulate` runs it, without options but the duration, in a process of its own: its memory is what is measured. */
async function simulate(url: string, durationSeconds: number): Promise<SimulationSummary> {
  const request = simulationRequestSchema.parse({ kind: 'simulation', durationSeconds });
  const every = Math.max(1, Math.min(MINUTE, Math.floor(durationSeconds / LEAST_SAMPLES)));
  const applicationName = 'benchmark simulation';
  await using directory = await temporaryDirectory();
  await using stack = new AsyncDisposableStack();
  const max = connectionsOf(request);
  const pool = openPool({ connectionString: url, applicationName, max, log: progress });
  stack.defer(() => pool.end());
  const order = { type: 'execute', runId: 'benchmark', request, applicationName } as const;
  const { summary } = await executeSimulation(request, pool, {
    order: { ...order, directory: directory.path, databaseUrl: url },
    signal: new AbortController().signal,
    stop: new AbortController().signal,
    progress: () => undefined,
    deliver: () => undefined,
    log: progress,
    metrics: ({ second = 0 }) => second % every === 0 && tell({ memory: sampleMemory(second) }),
  });
  return summary;
}

function tell(message: FromSimulation): void {
  process.send?.(message);
}

const [, , url = '', seconds = ''] = process.argv;
// Nobody is left to tell when the benchmark was interrupted.
const interrupted = () => process.exit(130);
process.once('disconnect', interrupted);
tell({ summary: await simulate(url, Number(seconds)) });
process.off('disconnect', interrupted);
process.disconnect?.();
