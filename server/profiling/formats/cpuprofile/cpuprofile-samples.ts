import { ProfileFormatError } from '../../../protocol/profile/profile-format-error.ts';
import type { CapturedSamples } from '../../captured-stacks.ts';
import type { GrowingFloats } from '../growing-column.ts';
import { MAX_SPAN_MICROS } from '../limits.ts';
import type { OrderedNodes } from './cpuprofile-tree.ts';

/** A column that a file may leave out. */
type MaybeNumbers = GrowingFloats | undefined;

/** The samples as they stand in a file. */
export interface RawSamples {
  readonly startMicros: number;
  /** Absent: the last sample. */
  readonly endMicros?: number | undefined;
  /** Ids of nodes. */
  readonly sampleIds: MaybeNumbers;
  /** Microseconds since the sample before, the first since the start. */
  readonly timeDeltas: MaybeNumbers;
  /** Microseconds on the profile's clock, as Chrome wrote them before 2016. */
  readonly timestamps?: MaybeNumbers;
}

/** The samples of a `.cpuprofile` at absolute times, put in order of time. */
export function readCpuSamples(raw: RawSamples, tree: OrderedNodes): CapturedSamples {
  const ids = sampleIds(raw, tree);
  const node = new Uint32Array(ids.length);
  for (let at = 0; at < ids.length; at++) {
    const position = tree.positions.get(ids[at] ?? Number.NaN);
    if (position === -1) {
      throw new ProfileFormatError(`profile.samples[${at}]`, `there is no node ${String(ids[at])}`);
    }
    node[at] = tree.indexByPosition[position] ?? 0;
  }
  return inOrderOfTime(readTimes(raw, ids.length), node);
}

function sampleIds({ sampleIds: ids }: RawSamples, { order }: OrderedNodes): Float64Array {
  if (ids !== undefined) return ids.filled();
  if (order.length === 0) return new Float64Array(0);
  throw new ProfileFormatError('profile.samples', 'they are missing: only hit counts were recorded', {
    advice: 'Record the profile with samples, as Node.js and Chrome do unless told otherwise.',
  });
}

/** Deltas count from the start of the profile. Without them, samples are spread evenly: that is how V8 takes them. */
function readTimes(raw: RawSamples, length: number): Float64Array {
  const { startMicros, endMicros = startMicros, timeDeltas, timestamps } = raw;
  if (timestamps !== undefined) {
    const told = expectLength('profile.timestamps', timestamps, length).slice();
    told.forEach((time, at) => {
      expectNear(time, startMicros, () => `profile.timestamps[${at}]`);
    });
    return told;
  }
  const times = new Float64Array(length);
  if (timeDeltas === undefined) {
    const interval = length > 0 ? Math.max(0, endMicros - startMicros) / length : 0;
    for (let at = 0; at < length; at++) times[at] = startMicros + at * interval;
    return times;
  }
  const deltas = expectLength('profile.timeDeltas', timeDeltas, length);
  let time = startMicros;
  for (let at = 0; at < length; at++) {
    time += deltas[at] ?? 0;
    expectNear(time, startMicros, () => `profile.timeDeltas[${at}]`);
    times[at] = time;
  }
  return times;
}

/** Refuses a time that lies further from the start than any clock runs. */
export function expectNear(time: number, startMicros: number, where: () => string): void {
  if (Math.abs(time - startMicros) <= MAX_SPAN_MICROS) return;
  throw new ProfileFormatError(where(), `a time ${time - startMicros} µs from the start is none`);
}

function expectLength(
  where: string,
  { values, length }: NonNullable<MaybeNumbers>,
  samples: number,
): Float64Array {
  if (length === samples) return values.subarray(0, length);
  throw new ProfileFormatError(where, `${length} of them do not belong to ${samples} samples`);
}

/** V8 may hand samples over out of order; a negative delta says so. Equal times keep the order of the file. */
function inOrderOfTime(time: Float64Array, node: Uint32Array): CapturedSamples {
  let isSorted = true;
  for (let at = 1; at < time.length && isSorted; at++) isSorted = (time[at] ?? 0) >= (time[at - 1] ?? 0);
  if (isSorted) return { length: time.length, time, node };
  const order = Uint32Array.from(time, (_, index) => index);
  order.sort((a, b) => (time[a] ?? 0) - (time[b] ?? 0));
  return {
    length: time.length,
    time: Float64Array.from(order, (at) => time[at] ?? 0),
    node: Uint32Array.from(order, (at) => node[at] ?? 0),
  };
}
