import { upperGamma } from './gamma.ts';

/** From here on the distribution is a normal one for all that can be told. */
const NO_SKEWNESS = 0.01;

/**
 * Probability that a variable of mean 0, standard deviation 1 and that skewness lies at least as far from 0 as `z`, if its
 * distribution is of Pearson's type III: a gamma distribution that was moved, or a normal one where there is no skewness.
 */
export function pearsonTails(z: number, skewness: number): number {
  const far = Math.abs(z);
  if (Math.abs(skewness) < NO_SKEWNESS) return upperGamma(0.5, (far * far) / 2);
  const shape = 4 / skewness ** 2;
  const place = (at: number) => shape + at * Math.sqrt(shape);
  // With a skewness below 0 both tails change places, and their sum stays what it is.
  return Math.min(1, upperGamma(shape, place(far)) + (1 - upperGamma(shape, place(-far))));
}
