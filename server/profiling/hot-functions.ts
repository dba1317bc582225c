import { PHASES, UNATTRIBUTED } from '../protocol/phase.ts';
import { UNSAMPLED } from '../protocol/profile/call-tree.ts';
import { groupFrames } from '../protocol/profile/frame-groups.ts';
import { frameTimes, NO_FRAME, NO_SAMPLE } from '../protocol/profile/frame-times.ts';
import { CATEGORIES, type Category, type Profile } from '../protocol/profile/profile.ts';
import { groupRows } from '../protocol/profile/row-groups.ts';

/** A function, or the time of a phase in which no sample fell: then it is named `UNSAMPLED`. */
export interface HotFunction {
  readonly name: string;
  /** A `file:` URL or another script URL; empty where unknown. */
  readonly file: string;
  /** 1-based; 0 where unknown. */
  readonly line: number;
  /** Null for what is no function. */
  readonly category: Category | null;
  readonly selfMicros: number;
  /** Of the time of its phase, 0 to 1. */
  readonly share: number;
}

export interface HotPhase {
  /** A phase, or `unattributed`. */
  readonly phase: string;
  readonly totalMicros: number;
  /** By self time, longest first. Samples on the root belong to none. */
  readonly functions: readonly HotFunction[];
}

/**
 * The functions that took most time themselves in each phase of the operations, phases in their order; `everywhere` counts
 * what lies outside of operations as `unattributed`.
 */
export function hotFunctions(
  profile: Profile,
  perPhase: number,
  where: 'operations' | 'everywhere' = 'operations',
): HotPhase[] {
  const groups = selfTimes(profile, where);
  return [...PHASES.keys(), PHASES.length].flatMap((phase) => {
    const byFrame = groups.get(phase);
    if (byFrame === undefined) return [];
    const totalMicros = [...byFrame.values()].reduce((sum, micros) => sum + micros, 0);
    byFrame.delete(NO_FRAME);
    const functions = [...byFrame]
      .toSorted(([, a], [, b]) => b - a)
      .slice(0, perPhase)
      .map(([frame, micros]) => describe(profile, frame, { micros, totalMicros }));
    return [{ phase: PHASES[phase] ?? UNATTRIBUTED, totalMicros, functions }];
  });
}

/** Microseconds by phase (no phase behind the last one) and frame. */
function selfTimes(profile: Profile, where: 'operations' | 'everywhere'): Map<number, Map<number, number>> {
  const isLeftOut = (operation: number) => where === 'operations' && operation < 0;
  const phaseOf = (operation: number, phase: number) =>
    isLeftOut(operation) ? -1 : Math.min(phase, PHASES.length);
  const rows = { length: PHASES.length + 1, ...groupRows(profile.samples, phaseOf) };
  const times = frameTimes(profile, rows, groupFrames(profile, 'frame'));
  const groups = new Map<number, Map<number, number>>();
  for (let line = 0; line < times.length; line++) {
    const phase = times.rows[line] ?? PHASES.length;
    const byFrame = groups.get(phase) ?? new Map<number, number>();
    groups.set(phase, byFrame);
    const self = times.self[line] ?? 0;
    const hasRun = self > 0 || (times.selfCount[line] ?? 0) > 0;
    if (hasRun) byFrame.set(times.frames[line] ?? NO_FRAME, self);
  }
  return groups;
}

function describe(
  { frames, strings }: Profile,
  frame: number,
  { micros, totalMicros }: { readonly micros: number; readonly totalMicros: number },
): HotFunction {
  const times = { selfMicros: micros, share: totalMicros > 0 ? micros / totalMicros : 0 };
  if (frame === NO_SAMPLE) return { name: UNSAMPLED, file: '', line: 0, category: null, ...times };
  return {
    name: strings[frames.name[frame] ?? 0] ?? '',
    file: strings[frames.file[frame] ?? 0] ?? '',
    line: frames.line[frame] ?? 0,
    category: CATEGORIES[frames.category[frame] ?? 0] ?? 'program',
    ...times,
  };
}
