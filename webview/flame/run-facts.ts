import { outsideHeapLines } from '../../server/protocol/outside-heap-lines.ts';

interface Range {
  readonly least: number;
  readonly most: number;
}

interface CostRanges {
  readonly whole: Range;
  readonly sampling: Range;
  readonly phases: Range;
}

/** What a run knows beyond its profile. */
export interface RunFacts {
  /** Captured ones, where the profile's own rows do not tell. */
  readonly samples?: number;
  readonly eventsReadPerOperation?: number;
  readonly eventsAppendedPerOperation?: number;
  /** What recording cost the operations, as a share of their time, 0 to 1. */
  readonly measuringShare?: number;
  /** Of it the samples, and the phases and statements. */
  readonly samplingShare?: number;
  readonly phasesShare?: number;
  /** Between what they lie. */
  readonly costRanges?: CostRanges;
  /** Why that is not known. */
  readonly costUnknown?: string;
  /** What a picture of the heap does not show, as sentences. */
  readonly outsideHeap?: readonly string[];
  /** Pauses of garbage collection within operations, as a share of their time, 0 to 1. */
  readonly gcShare?: number;
  /** How many there were, those between operations included. */
  readonly gcPauses?: number;
}

/** Where each fact stands in the result of a run. */
const PLACES: Readonly<
  Record<Exclude<keyof RunFacts, 'samples' | 'costUnknown' | 'costRanges' | 'outsideHeap'>, readonly string[]>
> = {
  eventsReadPerOperation: ['eventsReadPerOperation'],
  eventsAppendedPerOperation: ['eventsAppendedPerOperation'],
  measuringShare: ['costOfMeasuring', 'share'],
  samplingShare: ['costOfMeasuring', 'samplingShare'],
  phasesShare: ['costOfMeasuring', 'phasesShare'],
  gcShare: ['gc', 'share'],
  gcPauses: ['gc', 'pauses'],
};

/** The facts in the result of a run; whatever is no amount is left out. */
export function runFactsOf(result: unknown): RunFacts {
  const facts: Record<string, number> = {};
  const costUnknown = valueAt(result, 'costUnknown');
  for (const [name, place] of Object.entries(PLACES)) {
    const value = place.reduce(valueAt, result);
    if (typeof value === 'number' && Number.isFinite(value) && value >= 0) facts[name] = value;
  }
  const outsideHeap = outsideHeapOf(valueAt(result, 'allocations'));
  const costRanges = costRangesOf(valueAt(result, 'costOfMeasuring'));
  return {
    ...facts,
    ...(typeof costUnknown === 'string' && { costUnknown }),
    ...(costRanges && { costRanges }),
    ...(outsideHeap && { outsideHeap }),
  };
}

function costRangesOf(cost: unknown): CostRanges | undefined {
  const whole = rangeOf(valueAt(cost, 'shareRange'));
  const sampling = rangeOf(valueAt(cost, 'samplingRange'));
  const phases = rangeOf(valueAt(cost, 'phasesRange'));
  return whole && sampling && phases && { whole, sampling, phases };
}

function rangeOf(range: unknown): Range | undefined {
  const [least, most] = [valueAt(range, 'least'), valueAt(range, 'most')];
  return Number.isFinite(least) && Number.isFinite(most)
    ? { least: Number(least), most: Number(most) }
    : undefined;
}

function outsideHeapOf(allocations: unknown): string[] | undefined {
  const number = (...place: string[]) => {
    const value = place.reduce(valueAt, allocations);
    return typeof value === 'number' && Number.isFinite(value) ? value : Number.NaN;
  };
  const used = (when: string) => ({
    external: number('outside', when, 'external'),
    arrayBuffers: number('outside', when, 'arrayBuffers'),
  });
  const outside = { before: used('before'), after: used('after'), peak: number('outside', 'peak') };
  const all = [...Object.values(outside.before), ...Object.values(outside.after), outside.peak];
  return all.some(Number.isNaN) ? undefined : outsideHeapLines(outside, number('bytes'));
}

function valueAt(value: unknown, field: string): unknown {
  return typeof value === 'object' && value !== null
    ? new Map<string, unknown>(Object.entries(value)).get(field)
    : undefined;
}
