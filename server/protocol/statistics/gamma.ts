const HALF_LOG_TWO_PI = Math.log(2 * Math.PI) / 2;

/** Stirling's series (Abramowitz & Stegun 6.1.41), after moving the argument to where it is exact to 1e-15. */
export function logGamma(x: number): number {
  let [shift, at] = [0, x];
  while (at < 12) {
    shift -= Math.log(at);
    at += 1;
  }
  const square = 1 / (at * at);
  const series =
    (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square * (1 / 1680 - square / 1188)))) / at;
  return shift + (at - 0.5) * Math.log(at) - at + HALF_LOG_TWO_PI + series;
}

const PRECISION = 1e-14;
const MAX_TERMS = 100_000;

/**
 * The regularised upper incomplete gamma function Q(a, x): probability that a gamma variable of shape `a` is above `x`.
 * By its series below the mean and by its continued fraction above it (Abramowitz & Stegun 6.5.29 and 6.5.31).
 */
export function upperGamma(a: number, x: number): number {
  if (x <= 0) return 1;
  const front = Math.exp(a * Math.log(x) - x - logGamma(a));
  return x < a + 1 ? 1 - front * lowerSeries(a, x) : front * upperFraction(a, x);
}

function lowerSeries(a: number, x: number): number {
  let term = 1 / a;
  let sum = term;
  for (let n = 1; n < MAX_TERMS && term > sum * PRECISION; n++) {
    term *= x / (a + n);
    sum += term;
  }
  return sum;
}

function upperFraction(a: number, x: number): number {
  let b = x + 1 - a;
  let c = Number.MAX_VALUE;
  let d = 1 / b;
  let fraction = d;
  for (let n = 1; n < MAX_TERMS; n++) {
    const numerator = -n * (n - a);
    b += 2;
    d = 1 / (numerator * d + b);
    c = b + numerator / c;
    fraction *= d * c;
    if (Math.abs(d * c - 1) < PRECISION) break;
  }
  return fraction;
}
