import type { CapturedStacks } from '../../captured-stacks.ts';
import { mappedFrame } from '../../sources/mapped-frame.ts';
import type { SourceMapping } from '../../sources/source-frame.ts';
import { EXTENSION_KEY, type WrittenOperation, writeExtension } from './cpuprofile-extension.ts';
import { cpuProfileNodes } from './cpuprofile-nodes.ts';
import { VscodeLocations } from './vscode-locations.ts';

export interface CpuProfileFacts {
  readonly title: string;
  readonly startedAt: string;
  readonly samplingIntervalMicros: number;
  /** On the clock of the stacks. */
  readonly traces: readonly WrittenOperation[];
  readonly mapping: SourceMapping;
}

/**
 * A capture as the text of a `.cpuprofile` that VS Code's viewer, Chrome DevTools and speedscope open: the
 * `Profiler.Profile` of the DevTools protocol with call frames mapped to sources, plus
 *
 * - `$vscode`, `locationId` and `startLocationId`/`endLocationId` of the position ticks, as VS Code's JavaScript
 *   debugger writes them (1-based places; a tick marks its whole line),
 * - our own key with the operation traces, so that `readProfile` brings the phases back.
 *
 * Every sample is kept. Ids count from 1 level by level, because VS Code's viewer takes an id less one for the
 * place at which it met the node.
 */
export function writeCpuProfile(stacks: CapturedStacks, facts: CpuProfileFacts): string {
  const locations = new VscodeLocations();
  const frames = stacks.callFrames.map((frame) => mappedFrame(frame, facts.mapping));
  const { samples } = stacks;
  return JSON.stringify({
    nodes: cpuProfileNodes(stacks, { frames, mapping: facts.mapping, locations }),
    startTime: stacks.startMicros,
    endTime: stacks.endMicros,
    samples: Array.from(samples.node, (node) => node + 1),
    timeDeltas: Array.from(samples.time, (time, at) => time - (samples.time[at - 1] ?? stacks.startMicros)),
    $vscode: { locations: locations.list },
    [EXTENSION_KEY]: writeExtension({
      title: facts.title,
      startedAt: facts.startedAt,
      samplingIntervalMicros: facts.samplingIntervalMicros,
      operations: [...facts.traces],
    }),
  });
}
