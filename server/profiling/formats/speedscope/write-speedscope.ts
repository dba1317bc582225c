import type { Profile, ProfileUnit } from '../../../protocol/profile/profile.ts';
import { OutputSink } from '../output-sink.ts';
import { ToldStacks } from '../told-stacks.ts';

const SCHEMA = 'https://www.speedscope.app/file-format-schema.json';

const UNITS: Readonly<Record<ProfileUnit, string>> = {
  microseconds: 'microseconds',
  bytes: 'bytes',
  samples: 'none',
};

/** Microseconds. What lies between rows that are closer than this is rounding. */
const GAP = 0.01;

/**
 * A profile in speedscope's format, sampled: every row with its stack and its width, in order of time. Time between rows
 * becomes an empty stack, so that the axis stays what it was.
 */
export function writeSpeedscope(profile: Profile): Uint8Array {
  const stacks = new ToldStacks(profile);
  const sink = new OutputSink('speedscope JSON');
  const title = JSON.stringify(profile.title);
  sink.text(`{"$schema":"${SCHEMA}","exporter":"eventstore-profiler","name":${title},"shared":{"frames":[`);
  stacks.frames.forEach((frame, at) => {
    sink.text((at === 0 ? '' : ',') + frameText(frame));
  });
  sink.text(`]},"profiles":[{"type":"sampled","name":${title},"unit":"${UNITS[profile.unit]}",`);
  sink.text(`"startValue":0,"endValue":${profile.durationMicros},"samples":[`);
  eachRow(profile, (row, before, comma) => {
    sink.text(`${comma}${before > GAP ? '[],' : ''}[${stacks.of(row).join()}]`);
  });
  sink.text('],"weights":[');
  eachRow(profile, (row, before, comma) => {
    sink.text(`${comma}${before > GAP ? `${before},` : ''}${profile.samples.duration[row]}`);
  });
  sink.text(']}]}');
  return sink.written();
}

function frameText({ name, file, line, column }: ToldStacks['frames'][number]): string {
  return JSON.stringify({
    name,
    ...(file === '' ? {} : { file }),
    ...(line > 0 ? { line } : {}),
    ...(column > 0 ? { col: column } : {}),
  });
}

/** Tells each row with the time that no row covers before it. */
function eachRow({ samples }: Profile, take: (row: number, before: number, comma: string) => void): void {
  let end = 0;
  for (let row = 0; row < samples.length; row++) {
    const time = samples.time[row] ?? 0;
    take(row, time - end, row === 0 ? '' : ',');
    end = time + (samples.duration[row] ?? 0);
  }
}
