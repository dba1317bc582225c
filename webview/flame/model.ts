import { buildCallTree } from '../../server/protocol/profile/build-call-tree.ts';
import { BOX_KINDS, type CallTree, type View } from '../../server/protocol/profile/call-tree.ts';
import type { Profile } from '../../server/protocol/profile/profile.ts';
import { withoutProfiler } from '../../server/protocol/profile/without-profiler.ts';
import { formatAmount, formatShare } from '../format.ts';
import { styleKeysOf } from './box-style.ts';
import { displayName, kindOf } from './display-name.ts';
import { phaseGroupsOf } from './phase-groups.ts';
import { type Rows, rowsOf } from './rows.ts';
import { applicationFolder, shortPlace, sourcePlace } from './source-place.ts';

/** One view of one profile, with all that drawing, searching and moving about need. Immutable but for its cache of names. */
export interface Model {
  readonly profile: Profile;
  readonly tree: CallTree;
  readonly rows: Rows;
  readonly styleKeys: Uint32Array;
  /** The entry of the legend that each box belongs to. */
  readonly phaseGroups: Uint8Array;
  /** Wall time of all operations, or what they allocated, in the profile's unit; 0 where the profile has none. */
  readonly operationMicros: number;
  /** URL of the folder that holds the application's code; see `applicationFolder`. */
  readonly folder: string;
  name(box: number): string;
  /** What stands behind the name: file and line of a function, share and time of what is no code. */
  note(box: number): string;
  /** The same for less room. */
  shortNote(box: number): string;
}

/** The profiler's own functions are not in it: their time is that of their callers. */
export function modelOf(recorded: Profile, view: View): Model {
  const profile = withoutProfiler(recorded);
  const tree = buildCallTree(profile, view);
  const names = cached((box) => displayName(profile, tree, box));
  const operationMicros = profile.operations.duration.reduce((sum, micros) => sum + micros, 0);
  return {
    profile,
    tree,
    rows: rowsOf(tree),
    styleKeys: styleKeysOf(tree, profile),
    phaseGroups: phaseGroupsOf(tree),
    operationMicros,
    folder: applicationFolder(profile),
    name: names,
    note: cached((box) => noteOf(profile, tree, box, operationMicros)),
    shortNote: cached((box) => shareNoteOf(tree, box, operationMicros)),
  };
}

/** The frame of a box; -1 for boxes that are no code. */
export function frameOf(tree: CallTree, box: number): number {
  return BOX_KINDS[tree.kind[box] ?? 0] === 'frame' ? (tree.subject[box] ?? -1) : -1;
}

function noteOf(profile: Profile, tree: CallTree, box: number, operationMicros: number): string {
  const frame = frameOf(tree, box);
  if (frame >= 0) {
    const place = sourcePlace(profile, frame);
    return place === null ? '' : shortPlace(place);
  }
  const share = shareNoteOf(tree, box, operationMicros);
  const time = formatAmount(tree.total[box] ?? 0, profile.unit);
  return share === '' ? time : `${share} \u00b7 ${time}`;
}

/** Empty for functions and for what lies not in operations. */
function shareNoteOf(tree: CallTree, box: number, operationMicros: number): string {
  const kind = kindOf(tree, box);
  const isPart = kind !== 'frame' && kind !== 'root' && kind !== 'outside';
  return isPart && operationMicros > 0 ? formatShare((tree.total[box] ?? 0) / operationMicros) : '';
}

function cached(make: (box: number) => string): (box: number) => string {
  const made = new Map<number, string>();
  return (box) => {
    let text = made.get(box);
    if (text === undefined) {
      text = make(box);
      made.set(box, text);
    }
    return text;
  };
}
