import { NO_PHASE, PHASES, UNATTRIBUTED } from '../../server/protocol/phase.ts';
import type { Profile } from '../../server/protocol/profile/profile.ts';

/** Time of a profile in one phase, in none (`unattributed`) or outside of operations. */
export interface PhaseShare {
  /** Index into `PHASES`, `NO_PHASE` for `unattributed`, `OUTSIDE` for time outside of operations. */
  readonly phase: number;
  readonly name: string;
  readonly micros: number;
  /** Share of the operations' wall time; of the recording for time outside. */
  readonly share: number;
}

/** Stands beside the indices of phases; chosen next to `NO_PHASE`. */
export const OUTSIDE = NO_PHASE - 1;

/** The phases that occur, in the order in which an operation passes through them; `unattributed` and outside come last. */
export function phaseShares(profile: Profile): readonly PhaseShare[] {
  const { samples, operations } = profile;
  const micros = new Float64Array(256);
  for (let row = 0; row < samples.length; row++) {
    const phase = (samples.operation[row] ?? -1) < 0 ? OUTSIDE : (samples.phase[row] ?? NO_PHASE);
    micros[phase] = (micros[phase] ?? 0) + (samples.duration[row] ?? 0);
  }
  const inOperations = operations.duration.reduce((sum, duration) => sum + duration, 0);
  const recorded = micros.reduce((sum, duration) => sum + duration, 0);
  return [...PHASES.keys(), NO_PHASE, OUTSIDE]
    .filter((phase) => (micros[phase] ?? 0) > 0)
    .map((phase) => {
      const total = micros[phase] ?? 0;
      const whole = phase === OUTSIDE ? recorded : inOperations;
      return { phase, name: nameOf(phase), micros: total, share: whole > 0 ? total / whole : 0 };
    });
}

function nameOf(phase: number): string {
  return phase === OUTSIDE ? 'outside' : (PHASES[phase] ?? UNATTRIBUTED);
}
