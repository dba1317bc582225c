import { boxesInTime } from './boxes-in-time.ts';
import type { CallTree, View } from './call-tree.ts';
import type { Profile } from './profile.ts';
import { treeByPhase } from './tree-by-phase.ts';
import { treeByStack } from './tree-by-stack.ts';

/**
 * Groups the samples of a lawful profile (see `checkProfile`) for one view:
 *
 * - `phases`: root → handler → phase → captured stack. Time of an operation in no phase stands under `unattributed`,
 *   time outside of any operation under one `outside`. Handlers and frames widest first, phases in the order of
 *   `PHASES`; `unattributed` and `outside` come last.
 * - `left-heavy`: equal stacks (the same frames from the root down) merged, widest first.
 * - `time-order`: the axis is the time since the start of the profile; only stacks that follow each other without a
 *   gap are merged. The root spans the whole profile.
 *
 * Time in which no sample was captured is a box `unsampled`: below its phase in `phases`, below the root in the others,
 * in `left-heavy` one for all. Samples on node 0 are self time of the box above the stacks. Throws `PictureTooLargeError` above 8 million boxes.
 */
export function buildCallTree(profile: Profile, view: View): CallTree {
  switch (view) {
    case 'phases':
      return treeByPhase(profile);
    case 'left-heavy':
      return treeByStack(profile);
    case 'time-order':
      return boxesInTime(profile);
  }
}
