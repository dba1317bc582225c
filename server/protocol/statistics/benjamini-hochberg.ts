/**
 * How many of the smallest p values may be called real when many are looked at, so that on average at most a share
 * `rate` of what is called real is not: Benjamini & Hochberg, "Controlling the False Discovery Rate", J. R. Stat. Soc. B
 * 57 (1995). Where nothing is real, the probability of calling anything real is at most `rate`. It also holds for
 * values that depend on each other positively, as those of a function and its callers do: Benjamini & Yekutieli,
 * "The control of the false discovery rate in multiple testing under dependency", Ann. Statist. 29 (2001).
 */
export function discoveries(
  pValues: Float64Array,
  rate: number,
): { readonly count: number; readonly threshold: number } {
  const sorted = pValues.toSorted();
  let count = sorted.length;
  while (count > 0 && (sorted[count - 1] ?? 1) > (rate * count) / sorted.length) count--;
  return { count, threshold: (rate * count) / Math.max(1, sorted.length) };
}
