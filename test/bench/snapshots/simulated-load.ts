import { fork } from 'node:child_process';
import path from 'node:path';
import type { SimulationSummary } from '../../../server/protocol/simulation-result.ts';
import { progress } from '../eventstore/progress.ts';
import { type MemorySample, type MemorySlopes, memorySlopes } from './memory.ts';
import type { FromSimulation } from './simulation-process.ts';

/** What a simulation made of snapshots and of memory. */
export interface LoadReport {
  readonly summary: SimulationSummary;
  readonly memory: readonly MemorySample[];
  readonly slopes: MemorySlopes | undefined;
}

const program = path.join(import.meta.dirname, 'simulation-process.ts');

/** @throws when the process of the simulation ends without a summary */
export async function simulatedLoad(url: string, minutes: number): Promise<LoadReport> {
  const { promise: ended, resolve, reject } = Promise.withResolvers<number | null>();
  const child = fork(program, [url, String(Math.max(1, Math.round(minutes * 60)))]);
  const memory: MemorySample[] = [];
  let summary: SimulationSummary | undefined;
  child.on('message', (message: FromSimulation) => {
    if ('summary' in message) summary = message.summary;
    else memory.push(told(message.memory));
  });
  child.once('error', reject).once('close', resolve);
  const code = await ended;
  if (summary === undefined || code !== 0) throw new Error(`The simulation ended with code ${code}`);
  return { summary, memory, slopes: memorySlopes(memory) };
}

function told(sample: MemorySample): MemorySample {
  const { seconds, heap, rss } = sample;
  progress(`${seconds} s: heap ${heap.toFixed(1)} MB, RSS ${rss.toFixed(0)} MB`);
  return sample;
}
