/** Folder, below that of a workspace, which holds one folder for each run. */
export const RUNS_FOLDER = '.eventstore-profiler/runs';

// What lies in the folder of a run. The editor reads it where no server runs.
export const RESULT_FILE = 'result.json';
/** The profile model as `encodeProfile` writes it. */
export const PROFILE_FILE = 'profile.espp';
/** The same profile for other viewers. */
export const CPU_PROFILE_FILE = 'profile.cpuprofile';
/** The profile of a worker thread beside that of the main thread. */
export function workerFile(index: number, format: 'espp' | 'cpuprofile'): string {
  return `profile.worker-${index + 1}.${format}`;
}
/** The profile with a plan in it, for other viewers. */
export const PLAN_PROFILE_FILE = 'profile.with-plan.cpuprofile';
/** Allocations for other viewers. */
export const HEAP_PROFILE_FILE = 'profile.heapprofile';
/** Each pause of garbage collection: when, how long, in which operation and phase. */
export const GC_PAUSES_FILE = 'gc-pauses.json';
/** Summary of a simulation and what happened in each second of it. */
export const SIMULATION_FILE = 'simulation.json';
/** Values of the run's SQL statements, for the user alone: no artifact, and never sent to a page. */
export const STATEMENT_VALUES_FILE = 'statement-values.json';
