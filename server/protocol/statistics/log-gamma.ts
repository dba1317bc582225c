const HALF_LOG_TWO_PI = Math.log(2 * Math.PI) / 2;

/** Stirling's series (Abramowitz & Stegun 6.1.41), after moving the argument to where it is exact to 1e-15. */
export function logGamma(x: number): number {
  let [shift, at] = [1, x];
  while (at < 12) {
    shift *= at;
    at += 1;
  }
  const square = 1 / (at * at);
  const series =
    (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square * (1 / 1680 - square / 1188)))) / at;
  return (at - 0.5) * Math.log(at) - at + HALF_LOG_TWO_PI + series - Math.log(shift);
}
