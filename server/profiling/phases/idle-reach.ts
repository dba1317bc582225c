import type { CapturedSamples } from '../captured-stacks.ts';
import type { RowPlace, SampleReach } from './phase-cut.ts';
import { IDLE, isAwaiting } from './wait-nodes.ts';

/** Times the usual distance: a sample that comes later is late. */
const LATE = 3;

/** Times the usual distance: what an idle sample stands for where the next one is late and tells of work. */
const REACH = 1.5;

/** Distances that are looked at to know the usual one. */
const LOOKS = 4096;

/**
 * V8 takes samples while it is idle, too. Where none comes for long and the next one tells of work, nobody knows when the
 * work began (a long pause of the garbage collector, a busy machine): the idle sample stands for little of that time
 * inside an operation, unless the phase is one in which something outside of the process is waited for.
 */
export function idleReach(samples: CapturedSamples, kinds: Uint8Array): SampleReach {
  const { time, node, length } = samples;
  const distance = usualDistance(samples);
  const isIdle = (sample: number) => kinds[node[sample] ?? 0] === IDLE;
  const endsIdleness = (sample: number) => sample + 1 < length && isIdle(sample) && !isIdle(sample + 1);
  const until = (sample: number, { operation, phase, endMicros }: RowPlace) => {
    const at = time[sample] ?? 0;
    const isLate = operation >= 0 && endMicros - at > LATE * distance && endsIdleness(sample);
    return isLate && !isAwaiting(phase) ? at + REACH * distance : Number.POSITIVE_INFINITY;
  };
  let count = 0;
  for (let sample = 0; sample < length; sample++) if (endsIdleness(sample)) count++;
  return { until, count };
}

/** Microseconds from one sample to the next: the median of some, spread over all of the capture. */
export function usualDistance({ time, length }: CapturedSamples): number {
  const step = Math.max(1, Math.floor(length / LOOKS));
  const distances: number[] = [];
  for (let at = step; at < length; at += step) distances.push((time[at] ?? 0) - (time[at - 1] ?? 0));
  return Float64Array.from(distances).sort()[distances.length >> 1] ?? Number.POSITIVE_INFINITY;
}
