import { portableFile } from './frame-file.ts';
import type { Profile } from './profile.ts';

/** Of each frame at most this many: enough to know it again. */
const MOST_CALLERS = 16;

/** For each frame the functions with a name and a file that call it, directly or through others without. */
export function namedCallers({ nodes, frames, strings }: Profile): readonly (readonly string[])[] {
  const keys = Array.from({ length: frames.length }, (_, frame) => {
    const [name, file] = [strings[frames.name[frame] ?? 0] ?? '', strings[frames.file[frame] ?? 0] ?? ''];
    return name === '' || name === '(anonymous)' || file === '' ? '' : `${name}\n${portableFile(file)}`;
  });
  const callers = Array.from({ length: frames.length }, () => new Set<string>());
  // Parents stand before their children.
  const callerOf = new Int32Array(nodes.length).fill(-1);
  for (let node = 1; node < nodes.length; node++) {
    const parent = nodes.parent[node] ?? 0;
    const calling = nodes.frame[parent] ?? 0;
    const caller = parent > 0 && keys[calling] !== '' ? calling : (callerOf[parent] ?? -1);
    callerOf[node] = caller;
    const own = callers[nodes.frame[node] ?? 0];
    if (caller >= 0 && own !== undefined && own.size < MOST_CALLERS) own.add(keys[caller] ?? '');
  }
  return callers.map((own) => [...own]);
}
