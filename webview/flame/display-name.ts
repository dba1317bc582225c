import { PHASES, UNATTRIBUTED } from '../../server/protocol/phase.ts';
import {
  BOX_KINDS,
  type BoxKind,
  type CallTree,
  UNSAMPLED,
} from '../../server/protocol/profile/call-tree.ts';
import type { Profile } from '../../server/protocol/profile/profile.ts';

/** Longer names are cut: no screen shows more, and a screen reader would read for minutes. */
const LONGEST = 200;

/** Line breaks would break a row; direction marks could make one name look like another. */
const UNPRINTABLE = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/gu;

/** The name on a box, safe to draw in one line. */
export function displayName(profile: Profile, tree: CallTree, box: number): string {
  const subject = tree.subject[box] ?? 0;
  switch (kindOf(tree, box)) {
    case 'root':
      return 'everything recorded';
    case 'handler':
      return printable(profile.strings[subject] ?? '');
    case 'phase':
      return PHASES[subject] ?? 'unknown phase';
    case 'frame':
      return frameName(profile, subject);
    case 'unattributed':
      return UNATTRIBUTED;
    case 'outside':
      // Nobody told which there were: then nothing is outside of them either.
      return profile.operations.length === 0 ? 'all that was recorded' : 'outside of operations';
    case 'unsampled':
      return UNSAMPLED;
  }
}

function frameName(profile: Profile, frame: number): string {
  return printable(profile.strings[profile.frames.name[frame] ?? 0] ?? '') || '(anonymous)';
}

export function kindOf(tree: CallTree, box: number): BoxKind {
  return BOX_KINDS[tree.kind[box] ?? 0] ?? 'root';
}

export function printable(text: string): string {
  const cut = text.length > LONGEST ? `${wholeCharacters(text.slice(0, LONGEST))}…` : text;
  return cut.replace(UNPRINTABLE, '\u00b7');
}

/** Without half of a surrogate pair at the end. */
function wholeCharacters(text: string): string {
  return /[\ud800-\udbff]$/.test(text) ? text.slice(0, -1) : text;
}
