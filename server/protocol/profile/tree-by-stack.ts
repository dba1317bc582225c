import { NO_PHASE } from '../phase.ts';
import type { CallTree } from './call-tree.ts';
import { childLinks } from './child-links.ts';
import { type NodeTimes, nodeTimes } from './node-times.ts';
import type { Profile } from './profile.ts';
import { StackBoxes } from './stack-boxes.ts';
import { TreeWriter } from './tree-writer.ts';

/** Equal stacks merged under the root. */
export function treeByStack(profile: Profile): CallTree {
  const { nodes, frames } = profile;
  const times = nodeTimes(profile);
  const tree = new TreeWriter(nodes.length + 1);
  const [self, total] = [times.self[0] ?? 0, times.total[0] ?? 0];
  const { unsampled, unsampledPhase } = times;
  const root = { kind: 'root', subject: 0, phase: NO_PHASE, start: 0 } as const;
  tree.write(-1, { ...root, total: total + unsampled, self, count: times.countTotal[0] ?? 0 });
  const links = childLinks(nodes.parent);
  const forest = {
    ...times,
    ...links,
    length: nodes.length,
    frame: nodes.frame,
    phase: phasesBelow(profile, times),
  };
  const start = new StackBoxes(forest, frames, tree).draw(links.firstChild[0] ?? 0, 0);
  if (unsampledPhase !== undefined) {
    tree.write(0, {
      kind: 'unsampled',
      subject: 0,
      phase: unsampledPhase,
      start,
      total: unsampled,
      self: unsampled,
      count: 0,
    });
  }
  return tree.build('left-heavy');
}

/** By node: the phase of the rows on it and below it. */
function phasesBelow({ nodes }: Profile, { phase, count, countTotal }: NodeTimes): Uint8Array {
  const below = phase.slice();
  // By node: whether one of its children has been met.
  const isMet = new Uint8Array(nodes.length);
  for (let node = nodes.length - 1; node > 0; node--) {
    if (countTotal[node] === 0) continue;
    const above = nodes.parent[node] ?? 0;
    const own = below[node] ?? NO_PHASE;
    if (count[above] === 0 && isMet[above] === 0) below[above] = own;
    else if (below[above] !== own) below[above] = NO_PHASE;
    isMet[above] = 1;
  }
  return below;
}
