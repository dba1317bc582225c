/** What a number of operations took, for each of them. */
export interface Spent {
  readonly wallMicros: number;
  /** CPU time of the whole process: V8's sampling thread, its compiler and its collector are in it. */
  readonly processMicros: number;
  /** CPU time of the thread that executes the operations. */
  readonly threadMicros: number;
}

export interface Slice extends Spent {
  /** What a profile run would have told of its cost, for each operation. */
  readonly estimated?: { readonly cpu: number; readonly phases: number };
}

/**
 * Garbage of others is collected before, so that nobody pays for it but who made it: the young one, as a full collection
 * drops shapes of objects and code that was compiled for them.
 */
export async function spentBy(work: () => Promise<void>, operations: number): Promise<Spent> {
  globalThis.gc?.({ type: 'minor', execution: 'sync' });
  const thread = process.threadCpuUsage();
  const cpu = process.cpuUsage();
  const start = performance.now();
  await work();
  const wallMicros = (performance.now() - start) * 1e3;
  const processSpent = process.cpuUsage(cpu);
  const threadSpent = process.threadCpuUsage(thread);
  return {
    wallMicros: wallMicros / operations,
    processMicros: (processSpent.user + processSpent.system) / operations,
    threadMicros: (threadSpent.user + threadSpent.system) / operations,
  };
}
