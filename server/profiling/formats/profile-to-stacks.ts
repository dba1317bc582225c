import { PHASES, type Phase } from '../../protocol/phase.ts';
import { CATEGORIES, type NodeTable, type Profile } from '../../protocol/profile/profile.ts';
import type { CallFrame, CapturedStacks } from '../captured-stacks.ts';
import { metaFrame } from './call-frames.ts';
import type { WrittenOperation } from './cpuprofile/cpuprofile-extension.ts';
import { NO_TICKS } from './stack-builder.ts';
import { sourceFrame } from './told-stacks.ts';

/**
 * A profile as the capture that it came from: every captured sample at its time, waits as the idle time that they are.
 * With `profileOperations` it becomes the same profile again.
 */
export function profileToStacks(profile: Profile): CapturedStacks {
  const { samples, unit } = profile;
  const tree = withoutWaits(profile);
  const rows = Uint32Array.from(samples.captured.keys()).filter((row) => samples.captured[row] === 1);
  return {
    startMicros: 0,
    endMicros: profile.durationMicros,
    callFrames: tree.callFrames,
    nodes: tree.nodes,
    samples: {
      length: rows.length,
      time: Float64Array.from(rows, (row) => samples.time[row] ?? 0),
      node: rows.map((row) => tree.nodeOf[samples.node[row] ?? 0] ?? 0),
      ...(unit === 'microseconds'
        ? {}
        : { weight: Float64Array.from(rows, (row) => samples.duration[row] ?? 0) }),
    },
    lineTicks: NO_TICKS,
  };
}

const WAIT = CATEGORIES.indexOf('wait');
const IDLE = CATEGORIES.indexOf('idle');

interface CapturedTree {
  readonly callFrames: readonly CallFrame[];
  readonly nodes: NodeTable;
  /** The node that each node of the profile is here. */
  readonly nodeOf: Uint32Array;
}

/** Waits were put in the place of idle time, in nodes behind those of the capture. */
function withoutWaits(profile: Profile): CapturedTree {
  const { nodes, frames } = profile;
  const callFrames = Array.from({ length: frames.length }, (_, frame) => callFrameOf(profile, frame));
  const parent: number[] = [];
  const frame: number[] = [];
  const nodeOf = new Uint32Array(nodes.length);
  const waits: number[] = [];
  let idle = -1;
  for (let node = 0; node < nodes.length; node++) {
    const category = frames.category[nodes.frame[node] ?? 0];
    if (category === WAIT) {
      waits.push(node);
      continue;
    }
    nodeOf[node] = frame.length;
    if (category === IDLE && idle === -1) idle = frame.length;
    parent.push(node === 0 ? -1 : (nodeOf[nodes.parent[node] ?? 0] ?? 0));
    frame.push(nodes.frame[node] ?? 0);
  }
  if (waits.length > 0 && idle === -1) {
    idle = frame.push(callFrames.push(metaFrame('(idle)')) - 1) - 1;
    parent.push(0);
  }
  for (const node of waits) nodeOf[node] = idle;
  const table = { length: frame.length, parent: Int32Array.from(parent), frame: Uint32Array.from(frame) };
  return { callFrames, nodes: table, nodeOf };
}

function callFrameOf(profile: Profile, frame: number): CallFrame {
  const { name, file, line, column } = sourceFrame(profile, frame);
  const scriptId = String(profile.frames.file[frame] ?? 0);
  return { functionName: name, scriptId, url: file, lineNumber: line - 1, columnNumber: column - 1 };
}

/** The operations of a profile with their phases and the statements that were waited for; what else they did is not kept. */
export function profileOperations(profile: Profile): readonly WrittenOperation[] {
  const { operations, strings, samples } = profile;
  const written = Array.from({ length: operations.length }, (_, at) => ({
    handler: strings[operations.handler[at] ?? 0] ?? '',
    startMicros: operations.start[at] ?? 0,
    durationMicros: operations.duration[at] ?? 0,
    phases: new Stretches<Phase>(),
    statements: new Stretches<string>(),
  }));
  const labels = statementLabels(profile);
  for (let row = 0; row < samples.length; row++) {
    const operation = written[samples.operation[row] ?? -1];
    operation?.phases.add(profile, row, PHASES[samples.phase[row] ?? PHASES.length]);
    operation?.statements.add(profile, row, labels.get(samples.node[row] ?? 0));
  }
  return written.map(({ phases, statements, ...operation }) => ({
    ...operation,
    phases: phases.list.map(({ what, ...span }) => ({ phase: what, ...span })),
    ...(statements.list.length === 0
      ? {}
      : { statements: statements.list.map(({ what, ...span }) => ({ label: what, ...span })) }),
  }));
}

interface Stretch<T> {
  readonly what: T;
  readonly startMicros: number;
  durationMicros: number;
}

/** Microseconds. Rows of one stretch follow each other up to rounding. */
const TOUCHING = 0.001;

/** Sampled rows of the same, one after the other, are one stretch. One without a sample is a stretch for itself. */
class Stretches<T> {
  readonly list: Stretch<T>[] = [];
  #captured = -1;

  add({ samples }: Profile, row: number, what: T | undefined): void {
    const captured = samples.captured[row] ?? 0;
    const isSame = captured === 1 && this.#captured === 1;
    this.#captured = captured;
    if (what === undefined) return;
    const startMicros = samples.time[row] ?? 0;
    const durationMicros = samples.duration[row] ?? 0;
    const last = this.list.at(-1);
    const gap = last === undefined ? TOUCHING : startMicros - last.startMicros - last.durationMicros;
    if (last?.what === what && isSame && gap < TOUCHING) {
      last.durationMicros = startMicros + durationMicros - last.startMicros;
    } else this.list.push({ what, startMicros, durationMicros });
  }
}

/** Below the node of a wait stand nodes that name the statements which were waited for. */
function statementLabels({ nodes, frames, strings }: Profile): ReadonlyMap<number, string> {
  const labels = new Map<number, string>();
  const isWait = (node: number) => frames.category[nodes.frame[node] ?? 0] === WAIT;
  for (let node = 1; node < nodes.length; node++) {
    if (!isWait(node) || !isWait(nodes.parent[node] ?? 0)) continue;
    labels.set(node, strings[frames.name[nodes.frame[node] ?? 0] ?? 0] ?? '');
  }
  return labels;
}
