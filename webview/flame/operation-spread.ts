import type { OperationTable } from '../../server/protocol/profile/profile.ts';
import { counted } from '../format.ts';

/** How long operations took, in microseconds. */
export interface OperationSpread {
  readonly count: number;
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** Null where there was no operation. */
export function operationSpread({ duration }: OperationTable): OperationSpread | null {
  const sorted = duration.slice().sort();
  const [min, max] = [sorted[0], sorted.at(-1)];
  if (min === undefined || max === undefined) return null;
  const middle = sorted.length / 2;
  const median = ((sorted[Math.ceil(middle) - 1] ?? min) + (sorted[Math.floor(middle)] ?? max)) / 2;
  return { count: sorted.length, median, min, max };
}

/** Fewer say little: the first ones run code that the engine has not compiled yet. */
const FEW = 10;

/** What to keep in mind when reading the figures; null where there is nothing. */
export function remarkOn({ count, median, min, max }: OperationSpread): string | null {
  const remarks: string[] = [];
  if (count < FEW) {
    remarks.push(`Only ${counted(count, 'operation', 'operations')}: with more the figures may differ.`);
  }
  if (max - min > median && min > 0) {
    const times = (max / min).toFixed(max / min < 10 ? 1 : 0);
    remarks.push(`Wide spread: the slowest operation took ${times} times as long as the fastest.`);
  }
  return remarks.length === 0 ? null : remarks.join(' ');
}
