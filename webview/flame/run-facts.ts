/** What a run knows beyond its profile. */
export interface RunFacts {
  /** Captured ones, where the profile's own rows do not tell. */
  readonly samples?: number;
  readonly eventsReadPerOperation?: number;
  readonly eventsAppendedPerOperation?: number;
  /** What recording cost the operations, as a share of their time, 0 to 1. */
  readonly measuringShare?: number;
  /** Why that is not known. */
  readonly costUnknown?: string;
  /** Pauses of garbage collection within operations, as a share of their time, 0 to 1. */
  readonly gcShare?: number;
}

/** Where each fact stands in the result of a run. */
const PLACES: Readonly<Record<Exclude<keyof RunFacts, 'samples' | 'costUnknown'>, readonly string[]>> = {
  eventsReadPerOperation: ['eventsReadPerOperation'],
  eventsAppendedPerOperation: ['eventsAppendedPerOperation'],
  measuringShare: ['costOfMeasuring', 'share'],
  gcShare: ['gc', 'share'],
};

/** The facts in the result of a run; whatever is no amount is left out. */
export function runFactsOf(result: unknown): RunFacts {
  const facts: Record<string, number> = {};
  const costUnknown = valueAt(result, 'costUnknown');
  for (const [name, place] of Object.entries(PLACES)) {
    const value = place.reduce(valueAt, result);
    if (typeof value === 'number' && Number.isFinite(value) && value >= 0) facts[name] = value;
  }
  return { ...facts, ...(typeof costUnknown === 'string' && { costUnknown }) };
}

function valueAt(value: unknown, field: string): unknown {
  return typeof value === 'object' && value !== null
    ? new Map<string, unknown>(Object.entries(value)).get(field)
    : undefined;
}
