import { readLibraryWorld } from '../read-library-world.ts';
import { Simulation } from './simulation.ts';
import type { SimulationDependencies, SimulationResult } from './simulation-dependencies.ts';
import type { SimulationOptions } from './simulation-options.ts';

/**
 * Lets a library live on the event store for a while: people come when they come, choose what makes sense, and are served
 * by the library's handlers. Ends when its time is up, when the signal is aborted, or when the database is gone for too
 * long, each time with a summary of what was done.
 * @throws what reading the store throws, before anything was done
 */
export async function simulate(
  options: SimulationOptions,
  dependencies: SimulationDependencies,
  signal: AbortSignal,
): Promise<SimulationResult> {
  const { plainStore, report } = dependencies;
  const step = 'Reading how the library stands';
  report.progress(step, 0, 0);
  const progress = (read: number) => report.progress(step, read, 0);
  const read = await readLibraryWorld(plainStore, { signal, progress });
  return await new Simulation(options, dependencies, read).run(signal);
}
