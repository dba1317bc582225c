import { ProfileFormatError } from '../../../protocol/profile/profile-format-error.ts';
import type { CapturedStacks } from '../../captured-stacks.ts';
import { CallFrames } from '../call-frames.ts';
import { chooseProfile } from '../choose-profile.ts';
import { addNodes, appendNumbers } from '../cpuprofile/cpuprofile-to-stacks.ts';
import { NodeColumns } from '../cpuprofile/node-columns.ts';
import { rawCpuProfileToStacks } from '../cpuprofile/raw-cpuprofile.ts';
import type { FileCapture, ReadOptions } from '../file-capture.ts';
import { GrowingFloats } from '../growing-column.ts';
import { expectList, expectNumber } from '../json/json-checks.ts';
import { MAX_SAMPLES, tooManySamples } from '../limits.ts';
import { readProfileEvents, type TracedProfile } from './profile-events.ts';

/**
 * Reads the CPU profile in a Chrome trace (DevTools' *Performance*, `Tracing` of the DevTools protocol): the events
 * `Profile` and `ProfileChunk`, or the `CpuProfile` of older ones. Of several threads the one with most samples is
 * taken, the others are told.
 */
export function readChromeTrace(bytes: Uint8Array, options: ReadOptions): FileCapture {
  const [first, ...rest] = readProfileEvents(bytes).map((profile) => ({
    value: profile,
    name: profile.name,
    samples: sampleCount(profile),
  }));
  if (first === undefined) {
    throw new ProfileFormatError('traceEvents', 'the trace holds no CPU profile', {
      advice: 'Record it with JavaScript samples (category disabled-by-default-v8.cpu_profiler).',
    });
  }
  const stacks = toStacks(chooseProfile([first, ...rest], options));
  return { stacks, facts: { title: options.name, startedAt: '', source: 'chrome-trace' } };
}

function sampleCount({ chunks }: TracedProfile): number {
  return chunks.reduce((count, { samples }) => count + (Array.isArray(samples) ? samples.length : 0), 0);
}

function toStacks({ chunks, startMicros, name }: TracedProfile): CapturedStacks {
  const nodes = new NodeColumns();
  const callFrames = new CallFrames();
  const sampleIds = new GrowingFloats(MAX_SAMPLES, tooManySamples('profile.samples'));
  const timeDeltas = new GrowingFloats(MAX_SAMPLES, tooManySamples('profile.timeDeltas'));
  let endMicros: number | undefined;
  for (const chunk of chunks) {
    addNodes(nodes, callFrames, expectList('profile.nodes', chunk.nodes));
    appendNumbers(sampleIds, 'profile.samples', chunk.samples);
    appendNumbers(timeDeltas, 'profile.timeDeltas', chunk.timeDeltas);
    if (chunk.endMicros !== undefined) endMicros = expectNumber('profile.endTime', chunk.endMicros);
  }
  return rawCpuProfileToStacks({
    nodes,
    callFrames,
    startMicros: expectNumber(() => `startTime of the profile of ${name}`, startMicros),
    endMicros,
    sampleIds,
    timeDeltas,
  });
}
