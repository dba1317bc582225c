import { logGamma } from './log-gamma.ts';

/**
 * Student's t distribution. The tail probability is a regularised incomplete beta function, evaluated by its continued
 * fraction (Abramowitz & Stegun, Handbook of Mathematical Functions, 26.5.8 and 26.7.1) with Lentz's method.
 */

/** Probability that a t value with so many degrees of freedom (a positive real number) lies at least that far from 0. */
export function twoSidedP(t: number, degreesOfFreedom: number): number {
  if (!Number.isFinite(t)) return 0;
  return tailOf(t, degreesOfFreedom, logScale(degreesOfFreedom)).p;
}

const MAX_STEPS = 100;

/**
 * The t value outside of which, on both sides together, lies probability `p` (above 0, at most 1).
 *
 * Newton's method for the logarithm of the probability by that of t. That curve falls ever more steeply, so from the right of the
 * solution each step ends between it and the step before; and right of it lies where (1 + t²/v)^(-v/2) is p, as the tail
 * is below that. Four or five steps are enough.
 */
export function twoSidedQuantile(p: number, degreesOfFreedom: number): number {
  if (p >= 1) return 0;
  const scale = logScale(degreesOfFreedom);
  const logP = Math.log(p);
  let t = Math.min(Math.sqrt(degreesOfFreedom * Math.expm1((-2 * logP) / degreesOfFreedom)), 1e150);
  for (let step = 0; step < MAX_STEPS; step++) {
    const tail = tailOf(t, degreesOfFreedom, scale);
    const move = ((Math.log(tail.p) - logP) * tail.p) / (2 * tail.steepness);
    // Nearer to 0 or to infinity than a double tells apart.
    if (!Number.isFinite(move)) break;
    t *= Math.exp(move);
    if (Math.abs(move) < PRECISION) break;
  }
  return t;
}

interface Tail {
  readonly p: number;
  /** The density at t, times t. */
  readonly steepness: number;
}

function tailOf(t: number, degreesOfFreedom: number, scale: number): Tail {
  const [a, b] = [degreesOfFreedom / 2, 0.5];
  const square = t * t;
  const x = degreesOfFreedom / (degreesOfFreedom + square);
  if (x <= 0 || x >= 1) return { p: x <= 0 ? 0 : 1, steepness: 0 };
  const steepness = Math.exp(scale + a * Math.log(x) + b * Math.log1p(-x));
  // The fraction converges fast on this side of the mean; on the other one the function's symmetry helps.
  if (x < (a + 1) / (a + b + 2)) return { p: (steepness * betaFraction(x, a, b)) / a, steepness };
  return { p: 1 - (steepness * betaFraction(1 - x, b, a)) / b, steepness };
}

const LOG_GAMMA_OF_HALF = Math.log(Math.PI) / 2;

/** Of the incomplete beta function: what does not depend on t. */
function logScale(degreesOfFreedom: number): number {
  const a = degreesOfFreedom / 2;
  return logGamma(a + 0.5) - logGamma(a) - LOG_GAMMA_OF_HALF;
}

const TINY = 1e-300;
const PRECISION = 1e-14;
const MAX_TERMS = 10_000;

function betaFraction(x: number, a: number, b: number): number {
  const safe = (value: number) => (Math.abs(value) < TINY ? TINY : value);
  let c = 1;
  let d = 1 / safe(1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let m = 1; m < MAX_TERMS; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / safe(1 + even * d);
    c = safe(1 + even / c);
    fraction *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / safe(1 + odd * d);
    c = safe(1 + odd / c);
    fraction *= d * c;
    if (Math.abs(d * c - 1) < PRECISION) break;
  }
  return fraction;
}
