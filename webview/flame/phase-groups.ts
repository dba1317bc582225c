import { NO_PHASE } from '../../server/protocol/phase.ts';
import type { CallTree } from '../../server/protocol/profile/call-tree.ts';
import { kindOf } from './display-name.ts';
import { OUTSIDE } from './phase-totals.ts';

/** Stands for boxes that hold several phases, which no switch of the legend is about. */
const SEVERAL = NO_PHASE - 2;

/** For each box the entry of the legend that it belongs to. */
export function phaseGroupsOf(tree: CallTree): Uint8Array {
  const groups = new Uint8Array(tree.length).fill(SEVERAL);
  for (let box = 0; box < tree.length; box++) {
    const phase = tree.phase[box] ?? NO_PHASE;
    const above = groups[tree.parent[box] ?? -1] ?? SEVERAL;
    const kind = kindOf(tree, box);
    if (phase !== NO_PHASE) groups[box] = phase;
    else if (kind === 'outside') groups[box] = OUTSIDE;
    else if (kind === 'unattributed') groups[box] = NO_PHASE;
    else if (above === OUTSIDE || above === NO_PHASE) groups[box] = above;
  }
  return groups;
}
