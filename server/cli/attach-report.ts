import type { AttachedCapture } from '../profiling/attach/attach-and-record.ts';
import { amount, counted, millis, percent } from '../protocol/figures.ts';
import type { RecordingCost } from '../protocol/measuring-cost.ts';
import { groupFrames } from '../protocol/profile/frame-groups.ts';
import { frameTimes } from '../protocol/profile/frame-times.ts';
import { CATEGORIES, type Profile } from '../protocol/profile/profile.ts';
import { allRows } from '../protocol/profile/row-groups.ts';
import { table } from '../protocol/table.ts';
import { costLines } from './cost-lines.ts';
import { placeOf } from './place-of.ts';

const MOST_FUNCTIONS = 15;
const TEXT_COLUMNS = [0, 4];
const IDLE = CATEGORIES.indexOf('idle');

/** What a recording of a running process says, as text for a terminal: the functions by their own time, or own bytes. */
export function attachReport(capture: AttachedCapture, profile: Profile, cost: RecordingCost): string {
  const { frames, strings } = profile;
  const own = ownByFrame(profile);
  const total = totalByFrame(profile);
  const idle = own.reduce((sum, value, frame) => sum + (frames.category[frame] === IDLE ? value : 0), 0);
  const rows = Array.from(own.keys())
    .filter((frame) => (own[frame] ?? 0) > 0 && frames.category[frame] !== IDLE)
    .toSorted((a, b) => (own[b] ?? 0) - (own[a] ?? 0))
    .slice(0, MOST_FUNCTIONS)
    .map((frame) => [
      strings[frames.name[frame] ?? 0] ?? '',
      valueText(own[frame] ?? 0, profile),
      valueText(total[frame] ?? 0, profile),
      percent((own[frame] ?? 0) / (profile.durationMicros || 1)),
      placeOf({
        file: strings[frames.file[frame] ?? 0] ?? '',
        line: frames.line[frame] ?? 0,
        category: CATEGORIES[frames.category[frame] ?? 0] ?? null,
      }),
    ]);
  const unit = profile.unit === 'bytes' ? 'kB' : 'ms';
  const outside = idle > 0 ? ['', `Idle: ${percent(idle / (profile.durationMicros || 1))} of the time.`] : [];
  return [
    headline(capture, profile),
    '',
    table(['function', `own ${unit}`, `total ${unit}`, 'share', 'source'], rows, TEXT_COLUMNS),
    ...outside,
    '',
    ...costLines({ costOfMeasuring: cost }, 'the recorded time'),
  ].join('\n');
}

function headline({ program, pid, nodeVersion, endedBy }: AttachedCapture, profile: Profile): string {
  const who = pid === undefined ? program : `${program} (process ${pid})`;
  const samples = profile.samples.captured.reduce((sum, captured) => sum + captured, 0);
  const what =
    profile.unit === 'bytes'
      ? `${amount(profile.durationMicros / 1000)} kB allocated`
      : `${millis(profile.durationMicros)} ms`;
  return `${who}, Node.js ${nodeVersion}: ${what}, ${counted(samples, 'sample')}${ENDS[endedBy]}`;
}

const ENDS: Readonly<Record<AttachedCapture['endedBy'], string>> = {
  duration: '.',
  stop: '; ended early.',
  exit: '; the process came to its end.',
};

function ownByFrame({ samples, nodes, frames }: Profile): Float64Array {
  const own = new Float64Array(frames.length);
  for (let row = 0; row < samples.length; row++) {
    const node = samples.node[row] ?? 0;
    // The root stands for time in which no stack was captured.
    if (node === 0) continue;
    const frame = nodes.frame[node] ?? 0;
    own[frame] = (own[frame] ?? 0) + (samples.duration[row] ?? 0);
  }
  return own;
}

/** With what a function called; a recursion counts once. */
function totalByFrame(profile: Profile): Float64Array {
  const times = frameTimes(profile, allRows(profile), groupFrames(profile, 'frame'));
  const total = new Float64Array(profile.frames.length);
  for (const [line, frame] of times.frames.entries()) {
    if (frame >= 0) total[frame] = times.total[line] ?? 0;
  }
  return total;
}

function valueText(value: number, { unit }: Profile): string {
  return unit === 'bytes' ? amount(value / 1000) : millis(value);
}
