import { attribution } from '../../../server/protocol/profile/attribution.ts';
import { buildCallTree } from '../../../server/protocol/profile/build-call-tree.ts';
import { calleesOf } from '../../../server/protocol/profile/callees-of.ts';
import { callersOf } from '../../../server/protocol/profile/callers-of.ts';
import { compareProfiles } from '../../../server/protocol/profile/compare-profiles.ts';
import { cutToRange } from '../../../server/protocol/profile/cut-to-range.ts';
import { filterByFrames } from '../../../server/protocol/profile/filter-by-frames.ts';
import { filterByOperations } from '../../../server/protocol/profile/filter-by-operations.ts';
import { groupFrames } from '../../../server/protocol/profile/frame-groups.ts';
import { frameTimes } from '../../../server/protocol/profile/frame-times.ts';
import { invertedTree } from '../../../server/protocol/profile/inverted-tree.ts';
import { mergeEqualStacks } from '../../../server/protocol/profile/merge-equal-stacks.ts';
import { nodeTimes } from '../../../server/protocol/profile/node-times.ts';
import type { Profile } from '../../../server/protocol/profile/profile.ts';
import { allRows } from '../../../server/protocol/profile/row-groups.ts';
import { summarise } from '../summary.ts';
import { largeProfile } from './large-profile.ts';
import type { TreeFigure, TreeReport } from './tree.ts';

const SIZE = { nodes: 1_000_000, samples: 5_000_000 };
const ROUNDS = 7;

/** What every operation has to do at least: one pass over the samples that adds their durations up by node. */
const REFERENCE = 'reference: durations added up by node';

function addedUp({ samples, nodes }: Profile): Float64Array {
  const sums = new Float64Array(nodes.length);
  const { node, duration, length } = samples;
  for (let row = 0; row < length; row++) {
    const at = node[row] ?? 0;
    sums[at] = (sums[at] ?? 0) + (duration[row] ?? 0);
  }
  return sums;
}

const OPERATIONS: Readonly<Record<string, (profile: Profile) => { readonly length: number }>> = {
  [REFERENCE]: addedUp,
  'self and total of nodes': (profile) => nodeTimes(profile).self,
  'self and total of functions': (profile) =>
    frameTimes(profile, allRows(profile), groupFrames(profile, 'function')),
  'attribution: handler, phase, function': (profile) => attribution(profile),
  'equal stacks merged': ({ nodes }) => mergeEqualStacks(nodes).nodes,
  'equal stacks merged, by function': (profile) =>
    mergeEqualStacks(profile.nodes, groupFrames(profile, 'function')).nodes,
  'view left-heavy': (profile) => buildCallTree(profile, 'left-heavy'),
  'view phases': (profile) => buildCallTree(profile, 'phases'),
  'view time-order': (profile) => buildCallTree(profile, 'time-order'),
  'view time-order, a tenth of the time': (profile) =>
    buildCallTree(cutToRange(profile, { from: 0, to: profile.durationMicros / 10 }), 'time-order'),
  'inverted tree': (profile) => invertedTree(profile),
  'callers of a function': (profile) => callersOf(profile, 1),
  'callees of a function': (profile) => calleesOf(profile, 1),
  'keep by category': (profile) =>
    filterByFrames(profile, { by: 'category', categories: ['application'], mode: 'keep' }).samples,
  'hide by name': (profile) => filterByFrames(profile, { by: 'name', pattern: '7', mode: 'hide' }).samples,
  'fold by package': (profile) =>
    filterByFrames(profile, { by: 'package', packages: ['p1', 'p3', 'node'], mode: 'fold' }).nodes,
  'keep a handler': (profile) =>
    filterByOperations(profile, { by: 'handler', handlers: ['Handler1'], mode: 'keep' }).samples,
  'hide a phase': (profile) =>
    filterByOperations(profile, { by: 'phase', phases: ['unmarshal'], mode: 'hide' }).samples,
  'time range': (profile) => cutToRange(profile, { from: 1000, to: profile.durationMicros - 1000 }).samples,
};

function measure(profile: Profile): TreeFigure[] {
  const measured = new Map<string, { wall: number[]; cpu: number[]; length: number }>();
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, operation] of Object.entries(OPERATIONS)) {
      const cpuBefore = process.cpuUsage();
      const start = performance.now();
      const { length } = operation(profile);
      const wall = performance.now() - start;
      const { user, system } = process.cpuUsage(cpuBefore);
      const known = measured.get(name) ?? { wall: [], cpu: [], length };
      known.wall.push(wall);
      known.cpu.push((user + system) / 1000);
      measured.set(name, known);
    }
  }
  const reference = summarise(measured.get(REFERENCE)?.cpu ?? []).median;
  return [...measured].map(([name, { wall, cpu, length }]) => {
    const cpuMillis = summarise(cpu).median;
    return { name, wallMillis: summarise(wall).median, cpuMillis, ratio: cpuMillis / reference, length };
  });
}

/** Two profiles are compared three times, at the end. */
function comparison(name: string, profile: Profile, reference: number): TreeFigure {
  const rounds = Array.from({ length: 3 }, () => {
    const cpuBefore = process.cpuUsage();
    const start = performance.now();
    const { length } = compareProfiles([profile], [profile]).lines;
    const wall = performance.now() - start;
    const { user, system } = process.cpuUsage(cpuBefore);
    return { wall, cpu: (user + system) / 1000, length };
  });
  const cpuMillis = summarise(rounds.map(({ cpu }) => cpu)).median;
  const wallMillis = summarise(rounds.map(({ wall }) => wall)).median;
  return { name, wallMillis, cpuMillis, ratio: cpuMillis / reference, length: rounds[0]?.length ?? 0 };
}

const profile = largeProfile(SIZE);
const figures = measure(profile);
const peakBytes = process.resourceUsage().maxRSS * 1024;
const reference = figures[0]?.cpuMillis ?? 1;
const half = largeProfile({ nodes: SIZE.nodes / 2, samples: SIZE.samples / 2 });
const halves = comparison('difference of two that have half as much each', half, reference);
const report: TreeReport = {
  ...SIZE,
  rounds: ROUNDS,
  figures: [...figures, comparison('difference of two such profiles', profile, reference), halves],
  peakBytes,
};
process.send?.(report);
