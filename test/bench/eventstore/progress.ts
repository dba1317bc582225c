const startedAt = performance.now();

/** A line on stderr, so that a person sees that the benchmark lives; figures go to stdout. */
export function progress(message: string): void {
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1).padStart(7);
  process.stderr.write(`${seconds} s  ${message}\n`);
}
