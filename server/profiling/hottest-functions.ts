import { groupFrames } from '../protocol/profile/frame-groups.ts';
import { frameTimes } from '../protocol/profile/frame-times.ts';
import { CATEGORIES, type Category, type Profile } from '../protocol/profile/profile.ts';
import { allRows } from '../protocol/profile/row-groups.ts';

/** What a function took in all of a profile, in its unit. */
export interface HottestFunction {
  readonly name: string;
  /** A `file:` URL or another script URL; empty where unknown. */
  readonly file: string;
  /** 1-based; 0 where unknown. */
  readonly line: number;
  readonly category: Category;
  readonly self: number;
  /** With what it called; a recursion counts once. */
  readonly total: number;
  /** `self` of all that was sampled, 0 to 1. */
  readonly share: number;
}

/** The functions that took most themselves, inside of operations or not. */
export function hottestFunctions(profile: Profile, most: number): HottestFunction[] {
  const groups = groupFrames(profile, 'frame');
  const times = frameTimes(profile, allRows(profile), groups);
  const all = times.self.reduce((sum, self) => sum + self, 0);
  return Array.from(times.frames.keys())
    .filter((line) => (times.frames[line] ?? -1) >= 0 && (times.self[line] ?? 0) > 0)
    .toSorted((a, b) => (times.self[b] ?? 0) - (times.self[a] ?? 0))
    .slice(0, most)
    .map((line) => {
      const self = times.self[line] ?? 0;
      const frame = groups.first[times.frames[line] ?? 0] ?? 0;
      return { ...described(profile, frame), self, total: times.total[line] ?? 0, share: self / all };
    });
}

function described({ frames, strings }: Profile, frame: number) {
  return {
    name: strings[frames.name[frame] ?? 0] ?? '',
    file: strings[frames.file[frame] ?? 0] ?? '',
    line: frames.line[frame] ?? 0,
    category: CATEGORIES[frames.category[frame] ?? 0] ?? 'program',
  };
}
