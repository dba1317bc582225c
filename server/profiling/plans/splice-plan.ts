import { planNodeName } from '../../protocol/plan-nodes.ts';
import { checkProfile } from '../../protocol/profile/check-profile.ts';
import { CATEGORIES, type Profile, type SampleTable } from '../../protocol/profile/profile.ts';
import type { PlanNode } from '../../protocol/statement-plan.ts';
import { FOR_POSTGRES } from '../phases/wait-nodes.ts';

/** A plan that was executed, with the time that planning took. */
export interface MeasuredPlan {
  readonly plan: PlanNode;
  readonly planningMicros: number;
}

/** What was made of a profile, or what it or the plans lack for that. */
export type Splice =
  | { readonly profile: Profile }
  | { readonly profile?: never; readonly lacks: 'waiting' | 'times' };

/**
 * The profile with the steps of plans below the waiting for a statement. Each stretch of that waiting is shared by the
 * steps as the plans' own times are, and its parts add up to exactly the stretch: what the network took is in them. In which
 * order PostgreSQL worked on the steps is not known; within a stretch they follow the plan.
 *
 * Each part of a captured sample's row counts as captured: a row without a sample is time of which nothing is known.
 *
 * @param label of the statement; see `StatementTotal`
 */
export function splicePlan(profile: Profile, label: string, plans: readonly MeasuredPlan[]): Splice {
  const waits = waitsFor(profile, label);
  const steps = stepsOf(plans);
  const sum = steps.reduce((total, { micros }) => total + micros, 0);
  if (waits.size === 0) return { lacks: 'waiting' };
  if (sum <= 0) return { lacks: 'times' };
  const grown = withSteps(profile, [...waits], steps);
  const ends = shares(steps, sum);
  const spliced = {
    ...grown.profile,
    samples: shared(profile.samples, { firstStep: grown.firstStep, ends }),
  };
  checkProfile(spliced);
  return { profile: spliced };
}

interface Step {
  readonly name: string;
  /** Index of the step above it; -1 for one right below the wait. */
  readonly parent: number;
  readonly micros: number;
}

/** The nodes of the wait for a statement, whatever they stand below. */
function waitsFor({ nodes, frames, strings }: Profile, label: string): Set<number> {
  const nameOf = (node: number) => strings[frames.name[nodes.frame[node] ?? 0] ?? 0];
  const wait = CATEGORIES.indexOf('wait');
  const found = new Set<number>();
  for (let node = 1; node < nodes.length; node++) {
    if (frames.category[nodes.frame[node] ?? 0] !== wait || nameOf(node) !== label) continue;
    if (nameOf(nodes.parent[node] ?? 0) === FOR_POSTGRES) found.add(node);
  }
  return found;
}

function stepsOf(plans: readonly MeasuredPlan[]): Step[] {
  const steps: Step[] = [];
  const add = (node: PlanNode, parent: number) => {
    const at = steps.push({ name: planNodeName(node), parent, micros: node.measured?.selfMicros ?? 0 }) - 1;
    for (const child of node.children) add(child, at);
  };
  for (const { plan, planningMicros } of plans) {
    if (planningMicros > 0) steps.push({ name: 'Planning', parent: -1, micros: planningMicros });
    add(plan, -1);
  }
  return steps;
}

/** Where each step ends, as a share of the whole; the last one at 1. */
function shares(steps: readonly Step[], sum: number): Float64Array {
  let until = 0;
  const ends = Float64Array.from(steps, ({ micros }) => {
    until += micros;
    return until / sum;
  });
  ends[ends.length - 1] = 1;
  return ends;
}

/** The profile with the nodes of the steps below each wait; `firstStep` tells where those of a wait begin. */
function withSteps(profile: Profile, waits: readonly number[], steps: readonly Step[]) {
  const strings = [...profile.strings];
  const { frames, nodes } = profile;
  const names = [...new Set(steps.map(({ name }) => name))];
  const frameCount = frames.length + names.length;
  const nodeCount = nodes.length + waits.length * steps.length;
  const grownFrames = {
    length: frameCount,
    name: longer(frames.name, frameCount),
    file: longer(frames.file, frameCount),
    line: longer(frames.line, frameCount),
    column: longer(frames.column, frameCount),
    category: longer(frames.category, frameCount),
  };
  names.forEach((name, at) => {
    grownFrames.name[frames.length + at] = strings.push(name) - 1;
    grownFrames.category[frames.length + at] = CATEGORIES.indexOf('wait');
  });
  const grownNodes = {
    length: nodeCount,
    parent: longer(nodes.parent, nodeCount),
    frame: longer(nodes.frame, nodeCount),
  };
  const firstStep = new Map<number, number>();
  waits.forEach((wait, nth) => {
    const first = nodes.length + nth * steps.length;
    firstStep.set(wait, first);
    steps.forEach(({ name, parent }, at) => {
      grownNodes.parent[first + at] = parent < 0 ? wait : first + parent;
      grownNodes.frame[first + at] = frames.length + names.indexOf(name);
    });
  });
  return { profile: { ...profile, strings, frames: grownFrames, nodes: grownNodes }, firstStep };
}

interface Shares {
  readonly firstStep: ReadonlyMap<number, number>;
  readonly ends: Float64Array;
}

/** The rows, with those of the waits cut where one step ends and the next begins. */
function shared(samples: SampleTable, { firstStep, ends }: Shares): SampleTable {
  const cuts: Cut[] = [];
  for (let row = 0; row < samples.length; ) {
    const first = firstStep.get(samples.node[row] ?? 0);
    if (first === undefined) {
      cuts.push(whole(samples, row++));
      continue;
    }
    const behind = endOfStretch(samples, row);
    cutStretch(samples, { row, behind, first, ends }, cuts);
    row = behind;
  }
  return tableOf(samples, cuts);
}

/** A part of a row. */
interface Cut {
  readonly row: number;
  readonly node: number;
  readonly time: number;
  readonly duration: number;
}

function whole(samples: SampleTable, row: number): Cut {
  const [node = 0, time = 0, duration = 0] = [samples.node[row], samples.time[row], samples.duration[row]];
  return { row, node, time, duration };
}

/** Behind the last row that goes on with the same waiting of the same operation. */
function endOfStretch({ node, operation, phase, length }: SampleTable, from: number): number {
  let row = from + 1;
  while (
    row < length &&
    node[row] === node[from] &&
    operation[row] === operation[from] &&
    phase[row] === phase[from]
  ) {
    row++;
  }
  return row;
}

interface WaitStretch {
  readonly row: number;
  readonly behind: number;
  readonly first: number;
  readonly ends: Float64Array;
}

function cutStretch(
  samples: SampleTable,
  { row: from, behind, first, ends }: WaitStretch,
  cuts: Cut[],
): void {
  const start = samples.time[from] ?? 0;
  const total = endAt(samples, behind - 1) - start;
  let step = 0;
  for (let row = from; row < behind; row++) {
    const end = endAt(samples, row);
    let time = samples.time[row] ?? 0;
    let isWhole = true;
    const add = (until: number) => {
      cuts.push({ row, node: first + step, time, duration: until - time });
      time = until;
      isWhole = false;
    };
    for (; step < ends.length - 1; step++) {
      const until = start + (ends[step] ?? 1) * total;
      if (until >= end) break;
      if (until > time) add(until);
    }
    // A row without duration keeps its sample.
    if (end > time || isWhole) add(end);
  }
}

function endAt({ time, duration }: SampleTable, row: number): number {
  return (time[row] ?? 0) + (duration[row] ?? 0);
}

function tableOf(samples: SampleTable, cuts: readonly Cut[]): SampleTable {
  return {
    length: cuts.length,
    time: Float64Array.from(cuts, ({ time }) => time),
    duration: Float64Array.from(cuts, ({ duration }) => duration),
    node: Uint32Array.from(cuts, ({ node }) => node),
    operation: Int32Array.from(cuts, ({ row }) => samples.operation[row] ?? -1),
    phase: Uint8Array.from(cuts, ({ row }) => samples.phase[row] ?? 0),
    captured: Uint8Array.from(cuts, ({ row }) => samples.captured[row] ?? 0),
  };
}

/** A copy with room behind it, filled with zeros. */
function longer<Column extends Uint32Array | Int32Array | Uint8Array>(
  column: Column,
  length: number,
): Column {
  const grown = new (column.constructor as new (length: number) => Column)(length);
  grown.set(column);
  return grown;
}
