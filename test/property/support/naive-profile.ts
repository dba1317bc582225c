import { BOX_KINDS, type CallTree, type TreeShape } from '../../../server/protocol/profile/call-tree.ts';
import type { FrameGroups } from '../../../server/protocol/profile/frame-groups.ts';
import { NO_FRAME, NO_SAMPLE } from '../../../server/protocol/profile/frame-times.ts';
import type { Profile } from '../../../server/protocol/profile/profile.ts';

/** The mathematics of profiles as one would explain it: whole stacks as lists, and recursion over objects. */

export interface Node {
  readonly node: number;
  readonly self: number;
  readonly children: readonly Node[];
}

/** The captured tree as objects. */
export function nodeTree(profile: Profile, node = 0): Node {
  const { nodes, samples } = profile;
  const own = samples.duration.filter((_, row) => samples.captured[row] === 1 && samples.node[row] === node);
  const children = [...nodes.parent.keys()].filter((child) => nodes.parent[child] === node);
  return {
    node,
    self: own.reduce((sum, micros) => sum + micros, 0),
    children: children.map((child) => nodeTree(profile, child)),
  };
}

/** Groups of frames from the outermost call to the node. */
export function stackOf(profile: Profile, groups: FrameGroups, node: number): number[] {
  if (node === 0) return [];
  const group = groups.groupOf[profile.nodes.frame[node] ?? 0] ?? -1;
  return [...stackOf(profile, groups, profile.nodes.parent[node] ?? 0), group];
}

interface Row {
  readonly stack: readonly number[] | null;
  readonly micros: number;
}

/** Rows with their stacks; null where no sample was captured. */
function rowsOf(profile: Profile, groups: FrameGroups): Row[] {
  const { samples } = profile;
  return Array.from(samples.duration, (micros, row) => ({
    micros,
    stack: samples.captured[row] === 1 ? stackOf(profile, groups, samples.node[row] ?? 0) : null,
  }));
}

/** By group of frames: self, total and their samples, of the rows that `isMeant`. */
export function frameTimesOf(profile: Profile, groups: FrameGroups, isMeant: (row: number) => boolean) {
  const times: Record<string, [number, number, number, number]> = {};
  const add = (group: number, amounts: readonly number[]) => {
    const known = times[group] ?? [0, 0, 0, 0];
    times[group] = known.map((amount, at) => amount + (amounts[at] ?? 0)) as typeof known;
  };
  for (const [row, { stack, micros }] of rowsOf(profile, groups).entries()) {
    if (!isMeant(row)) continue;
    if (stack === null) add(NO_SAMPLE, [micros, micros, 0, 0]);
    else if (stack.length === 0) add(NO_FRAME, [micros, micros, 1, 1]);
    for (const group of new Set(stack)) add(group, [0, micros, 0, 1]);
    if (stack !== null && stack.length > 0) add(stack.at(-1) ?? 0, [micros, 0, 1, 0]);
  }
  return times;
}

/** Time by path from the root of a picture; paths of frames, and of `unsampled`. */
export type Paths = Map<string, number>;

export function pathsOf(tree: CallTree<TreeShape>): Paths {
  const paths = new Map<string, number>();
  const names: string[] = [];
  for (let box = 0; box < tree.length; box++) {
    const kind = BOX_KINDS[tree.kind[box] ?? 0];
    const own = kind === 'frame' ? `${tree.subject[box]}` : `${kind}`;
    names[box] = box === 0 ? '' : `${names[tree.parent[box] ?? 0]} ${own}`;
    paths.set(names[box] ?? '', tree.total[box] ?? 0);
  }
  return paths;
}

export function inverted(profile: Profile, groups: FrameGroups): Paths {
  const paths: Paths = new Map([['', 0]]);
  for (const { stack, micros } of rowsOf(profile, groups)) {
    addPath(paths, stack === null ? ['unsampled'] : firsts(groups, stack.toReversed()), micros);
  }
  return paths;
}

export function callers(profile: Profile, groups: FrameGroups, group: number): Paths {
  const paths: Paths = new Map([['', 0]]);
  for (const { stack, micros } of rowsOf(profile, groups)) {
    const at = stack?.indexOf(group) ?? -1;
    if (stack !== null && at >= 0)
      addPath(paths, firsts(groups, stack.slice(0, at + 1).toReversed()), micros);
  }
  return paths;
}

export function callees(profile: Profile, groups: FrameGroups, group: number): Paths {
  const paths: Paths = new Map([['', 0]]);
  for (const { stack, micros } of rowsOf(profile, groups)) {
    const at = stack?.indexOf(group) ?? -1;
    if (stack !== null && at >= 0) addPath(paths, firsts(groups, stack.slice(at)), micros);
  }
  return paths;
}

/** Time by stack, operation's handler and phase. */
export function addTo(times: Map<string, number>, profile: Profile): void {
  const { samples, operations, frames } = profile;
  const each = Uint32Array.from({ length: frames.length }, (_, frame) => frame);
  for (const [row, { stack, micros }] of rowsOf(profile, {
    length: frames.length,
    groupOf: each,
    first: each,
  }).entries()) {
    if (micros === 0) continue;
    const operation = samples.operation[row] ?? -1;
    const handler = operation < 0 ? -1 : operations.handler[operation];
    const key = `${handler} ${samples.phase[row]} ${stack}`;
    times.set(key, (times.get(key) ?? 0) + micros);
  }
}

/** Boxes have the first frame of a group as their subject. */
function firsts({ first }: FrameGroups, stack: readonly number[]): string[] {
  return stack.map((group) => `${first[group]}`);
}

function addPath(paths: Paths, names: readonly string[], micros: number): void {
  for (let length = 0; length <= names.length; length++) {
    const path = names
      .slice(0, length)
      .map((name) => ` ${name}`)
      .join('');
    paths.set(path, (paths.get(path) ?? 0) + micros);
  }
}
