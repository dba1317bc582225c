/** How often JSON text is parsed while the work is done, by whomever. */
export function countJsonParses(work: () => unknown): number {
  const counter = startCountingJsonParses();
  try {
    work();
  } finally {
    counter[Symbol.dispose]();
  }
  return counter.calls;
}

/** Counts until it is disposed of, for work that takes its time. */
export function startCountingJsonParses(): Disposable & { readonly calls: number } {
  const { parse } = JSON;
  let calls = 0;
  JSON.parse = (...args: Parameters<typeof parse>) => {
    calls += 1;
    return parse(...args);
  };
  return {
    get calls() {
      return calls;
    },
    [Symbol.dispose]: () => {
      JSON.parse = parse;
    },
  };
}
