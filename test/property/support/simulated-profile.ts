import { createRandom, type Random } from '../../../server/lib/random.ts';
import { PHASES } from '../../../server/protocol/phase.ts';
import type { Profile } from '../../../server/protocol/profile/profile.ts';
import { profileOf, type Row } from '../../unit/profile-as-text.ts';

export interface SimulatedRun {
  readonly seed: number;
  readonly operations: number;
  /** Standard deviation by which all times of a run are off, as a share: what differs between runs of one program. */
  readonly runSpread?: number;
  /** Share of an operation by which one function busies it on top, in the phase `project`. */
  readonly busy?: number;
}

/** Functions of an operation with their share of it and the phase in which they run; some are rare. */
const FUNCTIONS = Array.from({ length: 40 }, (_, at) => ({
  stack: `handle part${at % 5} function${at}`,
  weight: 1 / (at + 1),
  phase: PHASES[at % 4] ?? 'project',
}));
const WEIGHTS = FUNCTIONS.reduce((sum, { weight }) => sum + weight, 0);
const OPERATION_MICROS = 4000;
const SAMPLE_MICROS = 200;

/**
 * A run as a sampling profiler sees it: operations differ (log-normal, one in twenty three times as long), functions
 * differ from operation to operation, and of all that the profiler sees only where it samples.
 */
export function simulatedProfile({ seed, operations, runSpread = 0, busy = 0 }: SimulatedRun): Profile {
  const random = createRandom(seed);
  const ofRun = Math.exp(runSpread * normal(random));
  const rows: Row[] = [];
  for (let operation = 0; operation < operations; operation++) {
    const outlier = random.chance(0.05) ? 3 : 1;
    const scale = ofRun * outlier * Math.exp(0.2 * normal(random));
    for (const { stack, weight, phase } of FUNCTIONS) {
      const micros = scale * OPERATION_MICROS * (weight / WEIGHTS) * Math.exp(0.5 * normal(random));
      rows.push(...sampled(random, { stack, micros, operation, phase }));
    }
    const micros = busy * ofRun * OPERATION_MICROS * Math.exp(0.1 * normal(random));
    if (busy > 0)
      rows.push(...sampled(random, { stack: 'handle part1 spin', micros, operation, phase: 'project' }));
  }
  return profileOf(
    rows,
    Array.from({ length: operations }, () => 'Loans'),
  );
}

/** A row of the sampling distance for each sample that falls into the time; the rest is time without a sample. */
function sampled(random: Random, row: Row): Row[] {
  const samples = Math.floor(row.micros / SAMPLE_MICROS + random.fraction());
  return samples === 0 ? [] : [{ ...row, micros: samples * SAMPLE_MICROS }];
}

/** By the polar method of Marsaglia. */
function normal(random: Random): number {
  for (;;) {
    const [x, y] = [2 * random.fraction() - 1, 2 * random.fraction() - 1];
    const square = x * x + y * y;
    if (square > 0 && square < 1) return x * Math.sqrt((-2 * Math.log(square)) / square);
  }
}
