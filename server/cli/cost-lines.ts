import { counted, percent } from '../protocol/figures.ts';
import type { MeasuringCost, RecordingCost } from '../protocol/measuring-cost.ts';

type Cost = RecordingCost & Partial<MeasuringCost>;

export interface ToldCost {
  readonly costOfMeasuring?: Cost | undefined;
  /** Why it is not known. */
  readonly costUnknown?: string | undefined;
}

/**
 * What measuring has cost, or why nobody knows, for the end of a report; nothing of results that are older than it. How
 * it is estimated: see the runner's `measuringCost` and `attachCost`.
 * @param whole what the cost is a share of
 */
export function costLines({ costOfMeasuring: cost, costUnknown }: ToldCost, whole: string): string[] {
  if (cost === undefined) return costUnknown === undefined ? [] : [`cost of measuring: ${costUnknown}`];
  const parts = [
    ...partOf(cost.samples, 'sample'),
    ...partOf(cost.borders, 'phase border'),
    ...partOf(cost.marks, 'mark'),
  ];
  return [`cost of measuring: about ${percent(cost.share)} of ${whole} (${parts.join(', ')})`];
}

function partOf(part: MeasuringCost['marks'], noun: string): string[] {
  return part === undefined ? [] : [`${counted(part.count, noun)} of ${micros(part.microsEach)} µs`];
}

function micros(value: number): string {
  return value < 9.95 ? value.toFixed(1) : Math.round(value).toString();
}
