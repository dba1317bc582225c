import type { OperationTrace } from '../protocol/operation-trace.ts';
import { NO_PHASE } from '../protocol/phase.ts';
import { checkProfile } from '../protocol/profile/check-profile.ts';
import type {
  Category,
  NodeTable,
  OperationTable,
  Profile,
  ProfileSource,
  ProfileUnit,
} from '../protocol/profile/profile.ts';
import type { CapturedStacks } from './captured-stacks.ts';
import { FrameTableBuilder, StringTable } from './frame-table-builder.ts';
import { idleReach } from './phases/idle-reach.ts';
import { cutByPhase, type PhaseCut } from './phases/phase-cut.ts';
import { statementAt } from './phases/statement-at.ts';
import { IDLE, PROGRAM, WORKING, waitNodes } from './phases/wait-nodes.ts';
import { categoryBelow, categoryOf } from './sources/frame-category.ts';
import { type SourceFrame, type SourceMapping, unmapped } from './sources/source-frame.ts';
import { statementFrames } from './statement-frames.ts';

export interface ProfileFacts {
  readonly title: string;
  /** Absent: V8's CPU profiler. */
  readonly source?: ProfileSource;
  /** Absent: microseconds. */
  readonly unit?: ProfileUnit;
  /** Wall clock of the start, ISO 8601; empty where unknown. */
  readonly startedAt: string;
  /** Absent: the mean time between samples. */
  readonly samplingIntervalMicros?: number;
  /** On the capture's clock. Absent: everything lies outside of operations. */
  readonly traces?: readonly OperationTrace[];
  /** Whether it is of a worker thread: what a worker has nothing to do for is no wait of the operation. */
  readonly isWorker?: boolean;
  /** Absent: scripts are their own sources. */
  readonly mapping?: SourceMapping;
}

/**
 * A capture as the one profile model: frames mapped and categorised, time cut by the phases of the traces.
 * Throws `TraceMismatchError` for traces of another capture, `ProfileFormatError` for stacks too deep to draw.
 */
export function stacksToProfile(stacks: CapturedStacks, facts: ProfileFacts): Profile {
  const strings = new StringTable();
  const frames = new FrameTableBuilder(strings);
  const nodes = new GrowingNodes(stacks, frames, facts);
  const traces = (facts.traces ?? []).toSorted((a, b) => a.startMicros - b.startMicros);
  const { weight } = stacks.samples;
  const cut =
    weight === undefined
      ? cutByPhase(stacks.samples, traces, {
          span: stacks,
          ...(facts.isWorker
            ? { nodeOfRow: (node) => node }
            : {
                nodeOfRow: waitNodes(
                  nodes.kinds,
                  (name, parent) => nodes.addWait(name, parent),
                  statementAt(traces),
                ),
                reach: idleReach(stacks.samples, nodes.kinds),
              }),
        })
      : weighedSamples(stacks, weight);
  const profile: Profile = {
    title: facts.title,
    source: sourceOf(facts),
    unit: facts.unit ?? 'microseconds',
    startedAt: facts.startedAt,
    durationMicros: cut.durationMicros,
    samplingIntervalMicros: facts.samplingIntervalMicros ?? sampleDistance(stacks),
    sampleDistanceMicros: sampleDistance(stacks),
    operations: operationTable(traces, cut.originMicros, strings),
    samples: cut.samples,
    nodes: nodes.build(),
    frames: frames.build(),
    strings: strings.list,
  };
  checkProfile(profile);
  return profile;
}

/** Samples that tell what they stand for lie outside of operations. */
function weighedSamples(
  { samples, startMicros, endMicros }: CapturedStacks,
  duration: Float64Array,
): PhaseCut {
  const { length, time, node } = samples;
  return {
    originMicros: startMicros,
    durationMicros: endMicros - startMicros,
    samples: {
      length,
      time: startMicros === 0 ? time : time.map((at) => at - startMicros),
      duration,
      node,
      operation: new Int32Array(length).fill(-1),
      phase: new Uint8Array(length).fill(NO_PHASE),
      captured: new Uint8Array(length).fill(1),
    },
  };
}

/** The captured nodes and those of waits behind them. */
class GrowingNodes {
  readonly kinds: Uint8Array;
  readonly #captured: NodeTable;
  readonly #frames: FrameTableBuilder;
  readonly #frame: Uint32Array;
  readonly #waits: number[] = [];
  readonly #waitParents: number[] = [];

  constructor(stacks: CapturedStacks, frames: FrameTableBuilder, given: ProfileFacts) {
    const { callFrames, nodes } = stacks;
    const { mapping = unmapped } = given;
    const statements = statementFrames(stacks);
    const facts = callFrames.map((callFrame, at) => {
      const source = mapping.frame(callFrame);
      const category = statements.has(at) ? 'wait' : categoryOf(source, sourceOf(given));
      return { source, category, kind: kindOf(source.name, category) };
    });
    this.#captured = nodes;
    this.#frames = frames;
    this.#frame = framesOfNodes(nodes, facts, frames);
    this.kinds = Uint8Array.from(nodes.frame, (frame) => facts[frame]?.kind ?? WORKING);
  }

  /** @param parent 0 for a wait; another wait's node for what was waited for there */
  addWait(name: string, parent: number): number {
    this.#waitParents.push(parent);
    this.#waits.push(this.#frames.indexOf({ name, file: '', line: 0, column: 0 }, 'wait'));
    return this.#captured.length + this.#waits.length - 1;
  }

  build(): NodeTable {
    const length = this.#captured.length + this.#waits.length;
    const parent = new Int32Array(length);
    parent.set(this.#captured.parent);
    parent.set(this.#waitParents, this.#captured.length);
    const frame = new Uint32Array(length);
    frame.set(this.#frame);
    frame.set(this.#waits, this.#captured.length);
    return { length, parent, frame };
  }
}

interface FrameFacts {
  readonly source: SourceFrame;
  readonly category: Category;
}

/** One function is two frames where it works for an instrument at one place and for the program at another. */
function framesOfNodes(
  nodes: NodeTable,
  facts: readonly FrameFacts[],
  frames: FrameTableBuilder,
): Uint32Array {
  const own = facts.map(({ source, category }) => frames.indexOf(source, category));
  const asInstrument = new Map<number, number>();
  const isInstrument = new Uint8Array(nodes.length);
  return nodes.frame.map((at, node) => {
    const fact = facts[at];
    if (fact === undefined) return 0;
    const caller = isInstrument[nodes.parent[node] ?? -1] === 1 ? 'profiler' : undefined;
    const category = categoryBelow(caller, fact.category, fact.source);
    if (category !== 'profiler') return own[at] ?? 0;
    isInstrument[node] = 1;
    const known = asInstrument.get(at) ?? frames.indexOf(fact.source, category);
    asInstrument.set(at, known);
    return known;
  });
}

function sourceOf({ source = 'v8-cpu' }: ProfileFacts): ProfileSource {
  return source;
}

function kindOf(name: string, category: string): number {
  if (category === 'idle') return IDLE;
  return category === 'program' && name === '(program)' ? PROGRAM : WORKING;
}

function operationTable(
  traces: readonly OperationTrace[],
  originMicros: number,
  strings: StringTable,
): OperationTable {
  return {
    length: traces.length,
    handler: Uint32Array.from(traces, (trace) => strings.indexOf(trace.handler)),
    start: Float64Array.from(traces, (trace) => trace.startMicros - originMicros),
    duration: Float64Array.from(traces, (trace) => trace.durationMicros),
  };
}

function sampleDistance({ samples: { time, length } }: CapturedStacks): number {
  return length > 1 ? ((time[length - 1] ?? 0) - (time[0] ?? 0)) / (length - 1) : 0;
}
