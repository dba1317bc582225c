import { ProfileFormatError } from '../../../protocol/profile/profile-format-error.ts';
import type { CapturedSamples } from '../../captured-stacks.ts';
import { expectList, expectNumber, type Json } from './json-checks.ts';

interface Span {
  readonly startMicros: number;
  readonly endMicros: number;
}

/** The samples of a `.cpuprofile` at absolute times, put in order of time. */
export function readCpuSamples(
  profile: Json,
  indexById: ReadonlyMap<number, number>,
  span: Span,
): CapturedSamples {
  const ids = readIds(profile);
  const node = new Uint32Array(ids.length);
  for (let at = 0; at < ids.length; at++) {
    const id = ids[at];
    const index = typeof id === 'number' ? indexById.get(id) : undefined;
    if (index === undefined) {
      throw new ProfileFormatError(`profile.samples[${at}]`, `there is no node ${String(id)}`);
    }
    node[at] = index;
  }
  return inOrderOfTime(readTimes(profile['timeDeltas'], ids.length, span), node);
}

function readIds(profile: Json): readonly unknown[] {
  const { samples, nodes } = profile;
  if (samples !== undefined && samples !== null) return expectList('profile.samples', samples);
  if (Array.isArray(nodes) && nodes.length === 0) return [];
  throw new ProfileFormatError('profile.samples', 'they are missing: only hit counts were recorded', {
    advice: 'Record the profile with samples, as Node.js and Chrome do unless told otherwise.',
  });
}

/** Deltas count from the start of the profile. Without them, samples are spread evenly: that is how V8 takes them. */
function readTimes(deltas: unknown, length: number, { startMicros, endMicros }: Span): Float64Array {
  const times = new Float64Array(length);
  if (deltas === undefined || deltas === null) {
    const interval = length > 0 ? Math.max(0, endMicros - startMicros) / length : 0;
    for (let at = 0; at < length; at++) times[at] = startMicros + at * interval;
    return times;
  }
  const list = expectList('profile.timeDeltas', deltas);
  if (list.length !== length) {
    throw new ProfileFormatError(
      'profile.timeDeltas',
      `${list.length} deltas do not belong to ${length} samples`,
    );
  }
  let time = startMicros;
  for (let at = 0; at < length; at++) {
    time += expectNumber(() => `profile.timeDeltas[${at}]`, list[at]);
    times[at] = time;
  }
  return times;
}

/** V8 may hand samples over out of order; a negative delta says so. Equal times keep the order of the file. */
function inOrderOfTime(time: Float64Array, node: Uint32Array): CapturedSamples {
  const isSorted = time.every((at, index) => index === 0 || at >= (time[index - 1] ?? 0));
  if (isSorted) return { length: time.length, time, node };
  const order = Uint32Array.from(time, (_, index) => index);
  order.sort((a, b) => (time[a] ?? 0) - (time[b] ?? 0));
  return {
    length: time.length,
    time: Float64Array.from(order, (at) => time[at] ?? 0),
    node: Uint32Array.from(order, (at) => node[at] ?? 0),
  };
}
