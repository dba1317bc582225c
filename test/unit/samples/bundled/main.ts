import { fold as foldTotals, scale as scaleTotals, Totals } from './totals.ts';

// Both sources have a function of this name, so that a bundler must rename one of them.
export function fold(sum: number, amount: number): number {
  type Stripped = number;
  return (sum as Stripped) * 7 + foldTotals(amount);
}

/** The same for a function without a name of its own. */
const scale = (amount: number): number => {
  return scaleTotals(amount) * 3;
};

export const result = fold(1, 2) + scale(3) + new Totals().add(4);
