import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { CollectorName } from '../../protocol/collector-name.ts';
import type { CapturedStacks } from '../captured-stacks.ts';
import type { TextThatRan } from '../sources/source-mapping.ts';
import { bubbleprofSummary } from './bubbleprof-summary.ts';
import { doctorVerdict } from './doctor-verdict.ts';
import { findTickLogs, readTickLog, type TimedMark } from './tick-log.ts';

export type ToolCollectorName = Exclude<CollectorName, 'v8-cpu' | 'v8-heap'>;

/** A profiler of somebody else that starts the workload itself. */
export interface ExternalTool {
  readonly collector: ToolCollectorName;
  /** The package and its command. */
  readonly package: '0x' | 'clinic';
  readonly title: string;
  /** Of the command, without the workload's own command line behind it. */
  readonly args: (scratch: string) => string[];
  /** Flags for the Node.js that executes the workload. */
  readonly nodeFlags: (samplingIntervalMicros: number) => string[];
  readonly env: (scratch: string) => Readonly<Record<string, string>>;
  /** The page that it draws. */
  readonly page: (scratch: string) => string;
  readonly read: (recorded: ToolRecording) => Promise<ToolFindings>;
}

export interface ToolRecording {
  /** Folder in which the tool worked. */
  readonly scratch: string;
  /** The page that it drew. */
  readonly html: string;
  readonly marks: readonly TimedMark[];
  readonly textThatRan: TextThatRan;
  /** A file with `groupLifeline`, for processes that reading takes. */
  readonly lifeline: string;
  /** Ends the reading. */
  readonly signal: AbortSignal;
}

export interface ToolFindings {
  /** What the tool concludes, as sentences. */
  readonly verdict: readonly string[];
  /** On the clock of the marks. */
  readonly stacks?: CapturedStacks;
  /** A `.heapprofile`, as the tool wrote it. */
  readonly heapProfileJson?: string;
}

/** Whether a collector is a tool that starts the workload in a process of its own. */
export function externalTool(collector: CollectorName): ExternalTool | undefined {
  return EXTERNAL_TOOLS.find((tool) => tool.collector === collector);
}

/** Under this name Clinic keeps what it collects, in the folder for its data. */
const NAME = 'workload';

const tickInterval = (micros: number) => [`--prof-sampling-interval=${micros}`];

/** Linked into this folder while the workload still has it open: the tool moves or deletes its own. */
export function keptLogFolder(scratch: string): string {
  return path.join(scratch, 'ticks');
}

async function readTicks({ scratch, ...reading }: ToolRecording): Promise<ToolFindings> {
  const { stacks, tiers } = await readTickLog(await findTickLogs(keptLogFolder(scratch)), reading);
  return { verdict: tiers, stacks };
}

/** It is written when the process ends, and has no times. */
const OF_A_HEAP = [
  'Clinic Heap Profiler: what was alive at the end of the process, by function. It does not say when it was allocated, so no byte has an operation or a phase; --collector v8-heap tells those.',
  'It is of all that the process did since it was started: also of what this program, Node.js and libraries loaded and kept before and beside the operations.',
  'Buffers, ArrayBuffers and native memory are not in it.',
];

const EXTERNAL_TOOLS: readonly ExternalTool[] = [
  {
    collector: '0x',
    package: '0x',
    title: '0x',
    args: (scratch) => [
      '--quiet',
      `--working-dir=${scratch}`,
      `--output-dir=${path.join(scratch, 'drawn')}`,
      '--',
    ],
    nodeFlags: tickInterval,
    env: () => ({}),
    page: (scratch) => path.join(scratch, 'drawn', 'flamegraph.html'),
    read: readTicks,
  },
  clinic('doctor', { env: traceEvents, read: async ({ html }) => ({ verdict: doctorVerdict(html) }) }),
  clinic('flame', { nodeFlags: tickInterval, read: readTicks }),
  clinic('bubbleprof', {
    env: traceEvents,
    read: async ({ html, marks, textThatRan }) => ({
      verdict: await bubbleprofSummary({
        html,
        from: (marks[0]?.after ?? 0) / 1000,
        to: (marks.at(-1)?.before ?? 0) / 1000,
        textThatRan,
      }),
    }),
  }),
  clinic('heapprofiler', {
    read: async ({ scratch }) => ({
      verdict: [...OF_A_HEAP],
      heapProfileJson: await readFile(path.join(scratch, 'data', `${NAME}.clinic-heapprofiler`), 'utf8'),
    }),
  }),
];

type ClinicTool = 'doctor' | 'flame' | 'bubbleprof' | 'heapprofiler';

function clinic(
  tool: ClinicTool,
  own: Pick<ExternalTool, 'read'> & Partial<Pick<ExternalTool, 'env' | 'nodeFlags'>>,
): ExternalTool {
  return {
    collector: `clinic-${tool}`,
    package: 'clinic',
    title: `Clinic ${tool === 'heapprofiler' ? 'Heap Profiler' : `${tool.charAt(0).toUpperCase()}${tool.slice(1)}`}`,
    args: (scratch) => [tool, '--open=false', `--dest=${path.join(scratch, 'data')}`, `--name=${NAME}`, '--'],
    nodeFlags: () => [],
    env: () => ({}),
    page: (scratch) => path.join(scratch, 'data', `${NAME}.clinic-${tool}.html`),
    ...own,
  };
}

/** Where V8 writes its trace events: the tools look for them in their own folder, and the workload works in another. */
function traceEvents(scratch: string): Record<string, string> {
  const pattern = path.join(scratch, 'node_trace.$' + '{rotation}.log').replaceAll('\\', '\\\\');
  const others = process.env['NODE_OPTIONS'];
  return {
    NODE_OPTIONS: `${others === undefined ? '' : `${others} `}"--trace-event-file-pattern=${pattern}"`,
  };
}
