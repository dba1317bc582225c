import { createHash } from 'node:crypto';
import { CATEGORIES, type Profile } from '../protocol/profile/profile.ts';

const WAIT = CATEGORIES.indexOf('wait');

/** Microseconds. A format that keeps whole ones has each time within one of it. */
const ROUNDING = 1.5;

/** What no two recordings have in common: when their samples and operations were, and in which functions. */
export interface RecordingMark {
  /** Of the innermost functions. */
  readonly hash: string;
  readonly moments: Float64Array;
}

/** Waiting is left out: a plan is put into it afterwards. */
export function recordingMark({
  samples,
  nodes,
  frames,
  strings,
  operations,
  durationMicros,
}: Profile): RecordingMark {
  const hash = createHash('sha256');
  const times: number[] = [];
  for (let row = 0; row < samples.length; row++) {
    const frame = nodes.frame[samples.node[row] ?? 0] ?? 0;
    if (samples.captured[row] !== 1 || frames.category[frame] === WAIT) continue;
    hash.update(`${strings[frames.name[frame] ?? 0]}\n`);
    times.push(samples.time[row] ?? 0);
  }
  const moments = Float64Array.from(
    [durationMicros, ...operations.start, ...operations.duration].concat(times),
  );
  return { hash: hash.update(`${operations.length} ${times.length}`).digest('hex'), moments };
}

/** Whether two marks are of one recording, in whatever formats it was kept, and with a plan in it or none. */
export function isSameRecording(one: RecordingMark, other: RecordingMark): boolean {
  return (
    one.hash === other.hash &&
    one.moments.length === other.moments.length &&
    one.moments.every((moment, at) => Math.abs(moment - (other.moments[at] ?? 0)) <= ROUNDING)
  );
}
