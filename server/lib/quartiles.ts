/** What lies in the middle of values, and between what their middle half lies. All 0 of no values. */
export interface Quartiles {
  readonly first: number;
  readonly median: number;
  readonly third: number;
}

export function quartiles(values: readonly number[]): Quartiles {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { first: at(0.25), median: at(0.5), third: at(0.75) };
}
