import { NO_PHASE, PHASES, UNATTRIBUTED } from '../../server/protocol/phase.ts';
import { CATEGORIES, type Profile, type ProfileUnit } from '../../server/protocol/profile/profile.ts';
import { formatAmount } from '../format.ts';

/** Time of a profile in one phase, in none (`unattributed`) or outside of operations. */
export interface PhaseShare {
  /** Index into `PHASES`, `NO_PHASE` for `unattributed`, `OUTSIDE` for time outside of operations. */
  readonly phase: number;
  readonly name: string;
  readonly micros: number;
  /** The part of it in which the operation waited; the rest is work of its own process, or not known. */
  readonly waitingMicros: number;
  /** Share of the operations' wall time; of the recording for time outside. */
  readonly share: number;
}

/**
 * What the shares of phases are of, in words with the amount; empty for a profile without operations, which has no phases.
 * It is the same in every view: views arrange the same samples.
 */
export function wholeOf({ operations, unit }: Profile): string {
  if (operations.length === 0) return '';
  const whole = operations.duration.reduce((sum, duration) => sum + duration, 0);
  return `Shares are of ${WHOLES[unit]}, ${formatAmount(whole, unit)} together.`;
}

const WHOLES: Readonly<Record<ProfileUnit, string>> = {
  microseconds: 'the wall time of all operations',
  bytes: 'what all operations allocated',
  samples: 'the samples of all operations',
};

/** What a share is of, where that is not `wholeOf` the operations: `of the recording`. */
export function baseOf({ phase }: PhaseShare): string {
  return phase === OUTSIDE ? 'of the recording' : '';
}

/** Stands beside the indices of phases; chosen next to `NO_PHASE`. */
export const OUTSIDE = NO_PHASE - 1;

/** The phases that occur, in the order in which an operation passes through them; `unattributed` and outside come last. */
export function phaseShares(profile: Profile): readonly PhaseShare[] {
  const { samples, operations } = profile;
  const micros = new Float64Array(256);
  const waiting = new Float64Array(256);
  const waits = waitingNodes(profile);
  for (let row = 0; row < samples.length; row++) {
    const phase = (samples.operation[row] ?? -1) < 0 ? OUTSIDE : (samples.phase[row] ?? NO_PHASE);
    const duration = samples.duration[row] ?? 0;
    micros[phase] = (micros[phase] ?? 0) + duration;
    if (waits[samples.node[row] ?? 0] === 1) waiting[phase] = (waiting[phase] ?? 0) + duration;
  }
  const inOperations = operations.duration.reduce((sum, duration) => sum + duration, 0);
  const recorded = micros.reduce((sum, duration) => sum + duration, 0);
  return [...PHASES.keys(), NO_PHASE, OUTSIDE]
    .filter((phase) => (micros[phase] ?? 0) > 0)
    .map((phase) => {
      const total = micros[phase] ?? 0;
      const whole = phase === OUTSIDE ? recorded : inOperations;
      const share = whole > 0 ? total / whole : 0;
      return { phase, name: nameOf(phase), micros: total, waitingMicros: waiting[phase] ?? 0, share };
    });
}

const WAIT = CATEGORIES.indexOf('wait');

/** 1 for each node that stands for waiting. */
function waitingNodes({ nodes, frames }: Profile): Uint8Array {
  return Uint8Array.from(nodes.frame, (frame) => (frames.category[frame] === WAIT ? 1 : 0));
}

function nameOf(phase: number): string {
  return phase === OUTSIDE ? 'outside' : (PHASES[phase] ?? UNATTRIBUTED);
}
