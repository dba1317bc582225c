import { portableFile } from './frame-file.ts';
import { PairTable } from './pair-table.ts';
import type { Profile } from './profile.ts';

/** Of each frame at most this many: enough to know it again. */
const MOST_CALLERS = 16;

/** Stands in the place of a key for functions without a name or a file. */
const NAMELESS = -1;

/** For each frame the functions with a name and a file that call it, directly or through others without. */
export function namedCallers({ nodes, frames, strings }: Profile): readonly (readonly string[])[] {
  const keys: string[] = [];
  const keyOf = keysOfFrames({ frames, strings }, keys);
  const callers = Array.from({ length: frames.length }, (): number[] => []);
  // In numbers, and frames and callers that have met before are told by a table: there are millions of calls.
  const met = new PairTable();
  // Parents stand before their children.
  const callerOf = new Int32Array(nodes.length).fill(NAMELESS);
  for (let node = 1; node < nodes.length; node++) {
    const parent = nodes.parent[node] ?? 0;
    const calling = parent > 0 ? (keyOf[nodes.frame[parent] ?? 0] ?? NAMELESS) : NAMELESS;
    const caller = calling === NAMELESS ? (callerOf[parent] ?? NAMELESS) : calling;
    callerOf[node] = caller;
    const frame = nodes.frame[node] ?? 0;
    const own = callers[frame];
    if (caller === NAMELESS || own === undefined || own.length === MOST_CALLERS) continue;
    if (met.getOrSet(frame, caller, node) === node) own.push(caller);
  }
  return callers.map((own) => own.map((caller) => keys[caller] ?? ''));
}

/** By frame the place of its key in `keys`, which are added. */
function keysOfFrames({ frames, strings }: Pick<Profile, 'frames' | 'strings'>, keys: string[]): Int32Array {
  const numbers = new Map<string, number>();
  return Int32Array.from({ length: frames.length }, (_, frame) => {
    const [name, file] = [strings[frames.name[frame] ?? 0] ?? '', strings[frames.file[frame] ?? 0] ?? ''];
    if (name === '' || name === '(anonymous)' || file === '') return NAMELESS;
    const key = `${name}\n${portableFile(file)}`;
    const known = numbers.get(key);
    if (known !== undefined) return known;
    numbers.set(key, keys.length);
    return keys.push(key) - 1;
  });
}
