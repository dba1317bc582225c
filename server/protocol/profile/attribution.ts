import { type FrameGroups, groupFrames } from './frame-groups.ts';
import { type FrameTimes, frameTimes } from './frame-times.ts';
import type { Profile } from './profile.ts';
import { groupByHandlerAndPhase } from './row-groups.ts';

/**
 * Where the time of operations went: one line for each handler, phase and function in it, in columns. Ordered by
 * handler and phase as they first occur; `frames` and amounts are those of `FrameTimes`.
 */
export interface Attribution extends Omit<FrameTimes, 'rows'> {
  /** Index into `strings`; -1 for time outside of operations. */
  readonly handler: Int32Array;
  /** Index into `PHASES`; `NO_PHASE` where in none. */
  readonly phase: Uint8Array;
  /** How many operations of the handler the profile has, to divide by; 0 outside of operations. */
  readonly operations: Uint32Array;
  /** What `frames` points to. */
  readonly groups: FrameGroups;
}

/** Sample → operation → handler → phase → function as one table. Functions are frames unless groups of them are given. */
export function attribution(profile: Profile, groups = groupFrames(profile, 'frame')): Attribution {
  const groupsOfRows = groupByHandlerAndPhase(profile);
  const { rows, ...times } = frameTimes(profile, groupsOfRows, groups);
  const handler = new Int32Array(times.length);
  const phase = new Uint8Array(times.length);
  const operations = new Uint32Array(times.length);
  const counts = operationsByHandler(profile);
  for (let line = 0; line < times.length; line++) {
    const group = rows[line] ?? 0;
    handler[line] = groupsOfRows.handler[group] ?? -1;
    phase[line] = groupsOfRows.phase[group] ?? 0;
    operations[line] = counts.get(handler[line] ?? -1) ?? 0;
  }
  return { handler, phase, operations, groups, ...times };
}

/** How many operations each handler, an index into `strings`, has. */
function operationsByHandler({ operations }: Profile): Map<number, number> {
  const counts = new Map<number, number>();
  for (const handler of operations.handler) counts.set(handler, (counts.get(handler) ?? 0) + 1);
  return counts;
}
