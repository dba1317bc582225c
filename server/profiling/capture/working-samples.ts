import type { Profiler } from 'node:inspector';

const IDLE = '(idle)';

/** How many samples interrupted work: one that falls into waiting costs nobody anything. */
export function workingSamples({ nodes, samples = [] }: Profiler.Profile): number {
  const idle = new Set(nodes.filter(({ callFrame }) => callFrame.functionName === IDLE).map(({ id }) => id));
  return samples.reduce((count, node) => count + (idle.has(node) ? 0 : 1), 0);
}
