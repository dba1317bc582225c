import type { Profile } from '../../../server/protocol/profile/profile.ts';

/** Microseconds of all operations by the name of what stands at the end of the stack: functions, and what was waited for. */
export function microsByName({ samples, nodes, frames, strings }: Profile): Map<string, number> {
  const found = new Map<string, number>();
  for (let row = 0; row < samples.length; row++) {
    if ((samples.operation[row] ?? -1) < 0) continue;
    const frame = nodes.frame[samples.node[row] ?? 0] ?? 0;
    const name = samples.captured[row] === 1 ? (strings[frames.name[frame] ?? 0] ?? '') : 'between samples';
    found.set(name, (found.get(name) ?? 0) + (samples.duration[row] ?? 0));
  }
  return found;
}
