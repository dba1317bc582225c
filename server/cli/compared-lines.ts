import { NO_PHASE, PHASES, UNATTRIBUTED } from '../protocol/phase.ts';
import {
  ALL_FUNCTIONS,
  ALL_PHASES,
  type ComparedFunction,
  METRICS,
  type Metric,
  type ProfileComparison,
  VERDICTS,
  type Verdict,
} from '../protocol/profile/comparison.ts';

/** A line of a comparison as an object. */
export interface ComparedLine {
  readonly handler: string;
  /** Null for all phases together. */
  readonly phase: string | null;
  /** Null for all functions together. */
  readonly function: ComparedFunction | null;
  readonly metric: Metric;
  readonly before: number;
  readonly after: number;
  /** Interval of the difference; null where nothing was tested. */
  readonly low: number | null;
  readonly high: number | null;
  readonly p: number | null;
  readonly verdict: Verdict;
}

export function comparedLines({ lines, functions, handlers }: ProfileComparison): ComparedLine[] {
  return Array.from(lines.verdict, (verdict, line) => {
    const own = lines.function[line] ?? ALL_FUNCTIONS;
    return {
      handler: handlers[lines.handler[line] ?? 0]?.name ?? '',
      phase: phaseName(lines.phase[line] ?? ALL_PHASES),
      function: own === ALL_FUNCTIONS ? null : (functions[own] ?? null),
      metric: METRICS[lines.metric[line] ?? 0] ?? 'self',
      before: lines.before[line] ?? 0,
      after: lines.after[line] ?? 0,
      low: known(lines.low[line]),
      high: known(lines.high[line]),
      p: known(lines.p[line]),
      verdict: VERDICTS[verdict] ?? 'unknown',
    };
  });
}

function phaseName(phase: number): string | null {
  if (phase === ALL_PHASES) return null;
  return phase === NO_PHASE ? UNATTRIBUTED : (PHASES[phase] ?? UNATTRIBUTED);
}

function known(value: number | undefined): number | null {
  return value === undefined || Number.isNaN(value) ? null : value;
}
