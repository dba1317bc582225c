import { NO_PHASE } from '../../../server/protocol/phase.ts';
import { BOX_KINDS, type BoxKind, type CallTree } from '../../../server/protocol/profile/call-tree.ts';
import type { Profile } from '../../../server/protocol/profile/profile.ts';

/** A box as one would tell it: where it stands, and what its rows amount to. */
export interface NaiveBox {
  readonly path: string;
  readonly total: number;
  readonly self: number;
  readonly count: number;
  readonly phase: number;
}

/** The boxes of a merged view, found row by row, ordered by path. */
export function naiveView(profile: Profile, view: 'phases' | 'left-heavy'): NaiveBox[] {
  const { samples } = profile;
  const found = new Map<string, { total: number; self: number; count: number; phases: Set<number> }>();
  for (let row = 0; row < samples.length; row++) {
    const steps = [...(view === 'phases' ? groupSteps(profile, row) : []), ...stackSteps(profile, row)];
    const [micros, phase] = [samples.duration[row] ?? 0, samples.phase[row] ?? NO_PHASE];
    for (let depth = 0; depth <= steps.length; depth++) {
      const path = steps.slice(0, depth).join('/');
      const box = found.get(path) ?? { total: 0, self: 0, count: 0, phases: new Set() };
      box.total += micros;
      if (depth === steps.length) box.self += micros;
      box.count += samples.captured[row] ?? 0;
      box.phases.add(view === 'phases' && steps[0] === 'outside' ? NO_PHASE : phase);
      found.set(path, box);
    }
  }
  const isOfAll = (path: string) => path === '' || /^handler \d+$/.test(path);
  const boxes = Array.from(found, ([path, { phases, ...amounts }]) => {
    const [phase = NO_PHASE] = phases;
    return { path, ...amounts, phase: phases.size === 1 && !isOfAll(path) ? phase : NO_PHASE };
  });
  return boxes.toSorted(byPath);
}

/** The same of a tree that was built. */
export function boxesOf(tree: CallTree): NaiveBox[] {
  const paths: string[] = [];
  for (let box = 0; box < tree.length; box++) {
    const above = paths[tree.parent[box] ?? 0];
    paths[box] = box === 0 ? '' : above === '' ? stepOf(tree, box) : `${above}/${stepOf(tree, box)}`;
  }
  const boxes = paths.map((path, box) => ({
    path,
    total: tree.total[box] ?? 0,
    self: tree.self[box] ?? 0,
    count: tree.count[box] ?? 0,
    phase: tree.phase[box] ?? NO_PHASE,
  }));
  return boxes.toSorted(byPath);
}

/** Siblings as they stand, by the box above them: kind, subject and width. */
export function siblingsOf(
  tree: CallTree,
): { readonly kind: BoxKind; readonly subject: number; readonly total: number }[][] {
  const siblings = Array.from({ length: tree.length }, () => [] as ReturnType<typeof siblingsOf>[number]);
  for (let box = 1; box < tree.length; box++) {
    const kind = BOX_KINDS[tree.kind[box] ?? 0] ?? 'root';
    siblings[tree.parent[box] ?? 0]?.push({
      kind,
      subject: tree.subject[box] ?? 0,
      total: tree.total[box] ?? 0,
    });
  }
  return siblings;
}

function byPath(one: NaiveBox, other: NaiveBox): number {
  return one.path < other.path ? -1 : one.path > other.path ? 1 : 0;
}

function stepOf(tree: CallTree, box: number): string {
  const kind = BOX_KINDS[tree.kind[box] ?? 0] ?? 'root';
  return kind === 'frame' || kind === 'handler' || kind === 'phase' ? `${kind} ${tree.subject[box]}` : kind;
}

function groupSteps({ samples, operations }: Profile, row: number): string[] {
  const operation = samples.operation[row] ?? -1;
  if (operation < 0) return ['outside'];
  const phase = samples.phase[row] ?? NO_PHASE;
  return [`handler ${operations.handler[operation]}`, phase === NO_PHASE ? 'unattributed' : `phase ${phase}`];
}

function stackSteps({ samples, nodes }: Profile, row: number): string[] {
  if (samples.captured[row] !== 1) return ['unsampled'];
  const steps: string[] = [];
  for (let node = samples.node[row] ?? 0; node > 0; node = nodes.parent[node] ?? 0) {
    steps.unshift(`frame ${nodes.frame[node]}`);
  }
  return steps;
}
