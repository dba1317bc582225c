import type { OperationTimes } from '../../server/protocol/run.ts';
import { counted } from '../format.ts';

/** Fewer say little: the first ones run code that the engine has not compiled yet. */
const FEW = 10;

/** What to keep in mind when reading the times of so many operations; null where there is nothing. */
export function remarkOn(
  count: number,
  { medianMicros, minMicros, maxMicros }: Pick<OperationTimes, 'medianMicros' | 'minMicros' | 'maxMicros'>,
): string | null {
  const remarks: string[] = [];
  if (count < FEW) {
    remarks.push(`Only ${counted(count, 'operation', 'operations')}: with more the figures may differ.`);
  }
  if (maxMicros - minMicros > medianMicros && minMicros > 0) {
    const times = maxMicros / minMicros;
    remarks.push(
      `Wide spread: the slowest operation took ${times.toFixed(times < 10 ? 1 : 0)} times as long as the fastest.`,
    );
  }
  return remarks.length === 0 ? null : remarks.join(' ');
}
