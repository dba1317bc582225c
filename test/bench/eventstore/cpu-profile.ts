import { type Profiler, Session } from 'node:inspector/promises';

const SAMPLING_MICROSECONDS = 100;

/**
 * Shares of this process's CPU time while it works, by a CPU profile: for each name the time in frames of the files that
 * its pattern matches, with all that they call. Waiting does not count.
 */
export async function cpuShares<Name extends string>(
  work: () => Promise<void>,
  files: Readonly<Record<Name, RegExp>>,
): Promise<Record<Name, number>> {
  const profile = await profiled(work);
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const parents = new Map(
    profile.nodes.flatMap(({ id, children }) => (children ?? []).map((child) => [child, id])),
  );
  const times = selfTimes(profile);
  const busy = sum([...times].filter(([id]) => nodes.get(id)?.callFrame.functionName !== '(idle)'));
  const isWithin = (id: number | undefined, pattern: RegExp): boolean =>
    id !== undefined &&
    (pattern.test(nodes.get(id)?.callFrame.url ?? '') || isWithin(parents.get(id), pattern));
  const shareOf = (pattern: RegExp) => sum([...times].filter(([id]) => isWithin(id, pattern))) / busy;
  const named = Object.entries<RegExp>(files).map(([name, pattern]) => [name, shareOf(pattern)]);
  return Object.fromEntries(named) as Record<Name, number>;
}

async function profiled(work: () => Promise<void>): Promise<Profiler.Profile> {
  const session = new Session();
  session.connect();
  try {
    await session.post('Profiler.enable');
    await session.post('Profiler.setSamplingInterval', { interval: SAMPLING_MICROSECONDS });
    await session.post('Profiler.start');
    await work();
    return (await session.post('Profiler.stop')).profile;
  } finally {
    session.disconnect();
  }
}

/** Microseconds by node; a sample's time lasts until the next one. */
function selfTimes({ samples = [], timeDeltas = [] }: Profiler.Profile): Map<number, number> {
  const times = new Map<number, number>();
  for (const [index, node] of samples.entries()) {
    times.set(node, (times.get(node) ?? 0) + (timeDeltas[index + 1] ?? 0));
  }
  return times;
}

function sum(times: readonly (readonly [number, number])[]): number {
  return times.reduce((total, [, time]) => total + time, 0);
}
