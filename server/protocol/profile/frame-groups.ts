import { packageOf } from './frame-file.ts';
import { PairTable } from './pair-table.ts';
import type { FrameTable, Profile } from './profile.ts';

/** Frames that are looked at as one: each frame is in exactly one group, groups in the order of their first frames. */
export interface FrameGroups {
  readonly length: number;
  /** Group of each frame. */
  readonly groupOf: Uint32Array;
  /** The first frame of each group; it has the name, file or category by which the group was made. */
  readonly first: Uint32Array;
}

/**
 * - `frame`: each on its own
 * - `function`: the same name in the same file, whatever the line; functions without a name in one file are one group
 * - `file`: all functions of a file; functions of no file, as those built into V8, by name
 * - `package`: all files of a package, see `packageOf`; functions of no file by name
 * - `category`: all frames of a category
 */
export type FrameGrouping = 'frame' | 'function' | 'file' | 'package' | 'category';

export function groupFrames(profile: Profile, by: FrameGrouping): FrameGroups {
  const { frames, strings } = profile;
  const place = (frame: number, group: (file: number) => number): readonly [number, number] => {
    const file = frames.file[frame] ?? 0;
    return file === 0 ? [0, frames.name[frame] ?? 0] : [group(file) + 1, 0];
  };
  switch (by) {
    case 'frame':
      return grouped(frames, (frame) => [frame, 0]);
    case 'function':
      return grouped(frames, (frame) => [frames.name[frame] ?? 0, frames.file[frame] ?? 0]);
    case 'file':
      return grouped(frames, (frame) => place(frame, (file) => file));
    case 'package': {
      const packages = new Map<string, number>();
      const numbers = strings.map((file) => numbered(packages, packageOf(file)));
      return grouped(frames, (frame) => place(frame, (file) => numbers[file] ?? 0));
    }
    case 'category':
      return grouped(frames, (frame) => [frames.category[frame] ?? 0, 0]);
  }
}

function grouped(
  frames: FrameTable,
  keyOf: (frame: number) => readonly [first: number, second: number],
): FrameGroups {
  const groupOf = new Uint32Array(frames.length);
  const first: number[] = [];
  const known = new PairTable();
  for (let frame = 0; frame < frames.length; frame++) {
    const [one, other] = keyOf(frame);
    const group = known.getOrSet(one, other, first.length);
    if (group === first.length) first.push(frame);
    groupOf[frame] = group;
  }
  return { length: first.length, groupOf, first: Uint32Array.from(first) };
}

function numbered(numbers: Map<string, number>, text: string): number {
  const known = numbers.get(text) ?? numbers.size;
  numbers.set(text, known);
  return known;
}
