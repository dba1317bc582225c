import { percent } from '../protocol/figures.ts';
import { attribution } from '../protocol/profile/attribution.ts';
import { UNSAMPLED } from '../protocol/profile/call-tree.ts';
import { groupFrames } from '../protocol/profile/frame-groups.ts';
import { NO_SAMPLE } from '../protocol/profile/frame-times.ts';
import { CATEGORIES, type Profile } from '../protocol/profile/profile.ts';

/** Below this share of the operations a kind of code is left out. */
const LEAST_SHARE = 0.005;

/** What kinds of code the operations spent themselves in, largest share first; empty where there are none. */
export function kindLine(profile: Profile): string {
  const groups = groupFrames(profile, 'category');
  const { frames, handler, self } = attribution(profile, groups);
  const kinds = new Map<string, number>();
  let all = 0;
  for (const [line, group] of frames.entries()) {
    if ((handler[line] ?? -1) < 0) continue;
    const amount = self[line] ?? 0;
    all += amount;
    const category = CATEGORIES[profile.frames.category[groups.first[group] ?? 0] ?? 0] ?? 'program';
    const kind = group === NO_SAMPLE ? UNSAMPLED : group < 0 ? 'program' : category;
    kinds.set(kind, (kinds.get(kind) ?? 0) + amount);
  }
  const shown = [...kinds]
    .filter(([, amount]) => amount >= all * LEAST_SHARE && amount > 0)
    .toSorted(([, one], [, other]) => other - one);
  if (shown.length === 0) return '';
  return `By kind of code: ${shown.map(([kind, amount]) => `${kind} ${percent(amount / all)}`).join(', ')}.`;
}
