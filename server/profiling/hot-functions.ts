import { PHASES, UNATTRIBUTED } from '../protocol/phase.ts';
import { UNSAMPLED } from '../protocol/profile/call-tree.ts';
import { CATEGORIES, type Category, type Profile } from '../protocol/profile/profile.ts';

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

const NO_FRAME = -1;
const NO_SAMPLE = -2;

/** Microseconds by phase (no phase behind the last one) and frame. */
function selfTimes(
  { samples, nodes }: Profile,
  where: 'operations' | 'everywhere',
): Map<number, Map<number, number>> {
  const groups = new Map<number, Map<number, number>>();
  for (let row = 0; row < samples.length; row++) {
    if (where === 'operations' && (samples.operation[row] ?? -1) < 0) continue;
    const phase = Math.min(samples.phase[row] ?? PHASES.length, PHASES.length);
    const node = samples.node[row] ?? 0;
    const sampled = node === 0 ? NO_FRAME : (nodes.frame[node] ?? NO_FRAME);
    const frame = samples.captured[row] === 1 ? sampled : NO_SAMPLE;
    const byFrame = groups.get(phase) ?? new Map<number, number>();
    byFrame.set(frame, (byFrame.get(frame) ?? 0) + (samples.duration[row] ?? 0));
    groups.set(phase, byFrame);
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
