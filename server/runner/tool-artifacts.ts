import type { CapturedStacks } from '../profiling/captured-stacks.ts';
import type { ExternalTool, ToolFindings } from '../profiling/external/external-tools.ts';
import { writeCpuProfile } from '../profiling/formats/cpuprofile/write-cpuprofile.ts';
import { readHeapProfile } from '../profiling/formats/heapprofile/read-heapprofile.ts';
import { loadSourceMapping } from '../profiling/sources/source-mapping.ts';
import { stacksToProfile } from '../profiling/stacks-to-profile.ts';
import type { Profile } from '../protocol/profile/profile.ts';
import { CPU_PROFILE_FILE, HEAP_PROFILE_FILE, PROFILE_FILE } from '../protocol/run-files.ts';
import type { AloneOutcome } from './alone-messages.ts';
import { profileFile, type RunFile } from './write-run-files.ts';

export interface ToolOutput {
  readonly tool: ExternalTool;
  readonly findings: ToolFindings;
  readonly outcome: AloneOutcome;
  /** The page that the tool drew. */
  readonly html: string;
  readonly title: string;
  readonly samplingIntervalMicros: number;
  readonly log: (message: string) => void;
}

export interface ToolArtifacts {
  readonly profile: Profile;
  /** The tool's page comes first. */
  readonly files: readonly RunFile[];
}

/**
 * The profile of what a tool recorded, and the files of the run: the tool's page first. Of a tool that gives no stacks
 * the profile holds the operations with their phases. @throws TraceMismatchError
 */
export async function toolArtifacts(output: ToolOutput): Promise<ToolArtifacts> {
  const { tool, findings, outcome, html, title, samplingIntervalMicros, log } = output;
  const heap = heapStacks(findings, title);
  const stacks = findings.stacks ?? heap ?? withoutStacks(outcome);
  const mapping = await loadSourceMapping(stacks.callFrames, {
    textThatRan: (url) => outcome.textsThatRan[url],
    log,
  });
  const { startedAt, traces } = outcome;
  const facts = { title, startedAt, samplingIntervalMicros, mapping };
  const profile = stacksToProfile(stacks, {
    ...facts,
    ...(heap ? { source: 'v8-heap', unit: 'bytes' } : { traces }),
    ...(findings.stacks && { source: 'v8-log' }),
  });
  const page = { name: `${tool.collector}.html`, mediaType: 'text/html', data: html };
  const forViewers =
    findings.stacks === undefined
      ? jsonFile(HEAP_PROFILE_FILE, findings.heapProfileJson)
      : jsonFile(CPU_PROFILE_FILE, writeCpuProfile(stacks, { ...facts, traces }));
  return { profile, files: [page, ...forViewers, profileFile(PROFILE_FILE, profile)] };
}

function jsonFile(name: string, data: string | undefined): RunFile[] {
  return data === undefined ? [] : [{ name, mediaType: 'application/json', data }];
}

/** Undefined where nothing was alive that the workload has allocated. */
function heapStacks({ heapProfileJson }: ToolFindings, name: string): CapturedStacks | undefined {
  if (heapProfileJson === undefined) return undefined;
  const { stacks } = readHeapProfile(Buffer.from(heapProfileJson), { name });
  return stacks.samples.length > 0 ? stacks : undefined;
}

/** The time between the marks with nothing in it: the phases of the operations are laid over it. */
function withoutStacks({ marks }: AloneOutcome): CapturedStacks {
  const root = { functionName: '(root)', scriptId: '0', url: '', lineNumber: -1, columnNumber: -1 };
  return {
    startMicros: marks[0]?.before ?? 0,
    endMicros: marks.at(-1)?.after ?? 0,
    callFrames: [root],
    nodes: { length: 1, parent: Int32Array.of(-1), frame: Uint32Array.of(0) },
    samples: { length: 0, time: new Float64Array(0), node: new Uint32Array(0) },
    lineTicks: { length: 0, node: new Uint32Array(0), line: new Uint32Array(0), ticks: new Uint32Array(0) },
  };
}
