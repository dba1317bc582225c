import { wideSpread } from '../../server/protocol/operation-times.ts';
import type { OperationTimes } from '../../server/protocol/run.ts';
import { counted } from '../format.ts';

/** Fewer say little: the first ones run code that the engine has not compiled yet. */
const FEW = 10;

/** What to keep in mind when reading the times of so many operations; null where there is nothing. */
export function remarkOn(
  count: number,
  times: Pick<OperationTimes, 'medianMicros' | 'p95Micros'>,
): string | null {
  const remarks: string[] = [];
  if (count < FEW) {
    remarks.push(`Only ${counted(count, 'operation', 'operations')}: with more the figures may differ.`);
  }
  const spread = wideSpread(times);
  if (spread !== undefined) {
    const factor = spread.toFixed(spread < 10 ? 1 : 0);
    remarks.push(`Wide spread: one operation in twenty took at least ${factor} times as long as the median.`);
  }
  return remarks.length === 0 ? null : remarks.join(' ');
}
