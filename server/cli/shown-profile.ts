import { CATEGORIES, type Profile, type ProfileUnit } from '../protocol/profile/profile.ts';
import { withoutProfiler } from '../protocol/profile/without-profiler.ts';
import { inUnit, UNIT_NAMES } from './amount-text.ts';

const PROFILER = CATEGORIES.indexOf('profiler');

/** A profile as reports show it. */
export interface ShownProfile {
  readonly profile: Profile;
  /** What functions of the profiler took that stand in it no more, in its unit; 0 where all are shown. */
  readonly hidden: number;
}

/** @param withProfiler show the functions of the profiler itself */
export function shownProfile(recorded: Profile, withProfiler: boolean): ShownProfile {
  if (withProfiler) return { profile: recorded, hidden: 0 };
  return { profile: withoutProfiler(recorded), hidden: ownAmount(recorded) };
}

/** A sentence for a report; none where nothing is hidden. */
export function hiddenLines(hidden: number, unit: ProfileUnit): string[] {
  if (hidden === 0) return [];
  const amount = `${inUnit(hidden, unit)} ${UNIT_NAMES[unit]}`;
  return [
    `${amount} of the profiler's own functions are shown at their callers (--with-profiler shows them).`,
  ];
}

function ownAmount({ samples, nodes, frames }: Profile): number {
  let amount = 0;
  for (let row = 0; row < samples.length; row++) {
    const frame = nodes.frame[samples.node[row] ?? 0] ?? 0;
    if (frames.category[frame] === PROFILER) amount += samples.duration[row] ?? 0;
  }
  return amount;
}
