/** What a run knows beyond its profile. */
export interface RunFacts {
  readonly eventsReadPerOperation?: number;
  readonly eventsAppendedPerOperation?: number;
}

/** The facts in the result of a run; whatever is no amount is left out. */
export function runFactsOf(result: unknown): RunFacts {
  if (typeof result !== 'object' || result === null) return {};
  const given = new Map<string, unknown>(Object.entries(result));
  const facts: Record<string, number> = {};
  for (const name of NAMES) {
    const value = given.get(name);
    if (typeof value === 'number' && Number.isFinite(value) && value >= 0) facts[name] = value;
  }
  return facts;
}

const NAMES: readonly (keyof RunFacts)[] = ['eventsReadPerOperation', 'eventsAppendedPerOperation'];
