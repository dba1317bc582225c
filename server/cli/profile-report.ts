import { type HotPhase, hotFunctions } from '../profiling/hot-functions.ts';
import { millis, percent } from '../protocol/figures.ts';
import type { Profile } from '../protocol/profile/profile.ts';
import type { ProfileResult } from '../protocol/run.ts';
import { table } from '../protocol/table.ts';
import { allocationTable, processTable } from './allocation-report.ts';
import { kindLine } from './kind-line.ts';
import { placeOf } from './place-of.ts';
import { profileHeadline } from './profile-headline.ts';
import { hiddenLines, shownProfile } from './shown-profile.ts';

const FUNCTIONS_PER_PHASE = 3;
// Below this share of its phase a function says nothing.
const LEAST_SHARE = 0.03;

const COLUMNS = ['phase and functions', 'mean ms/operation', 'share', 'source'];
const TEXT_COLUMNS = [0, 3];

/**
 * What a profile says, as text for a terminal: the phases by time, each with the functions that took most of it, and
 * apart from them the time outside of operations.
 * @param withProfiler show the profiler's own functions too
 */
export function profileReport(result: ProfileResult, recorded: Profile, withProfiler = false): string {
  const shown = shownProfile(recorded, withProfiler);
  const { profile } = shown;
  const hidden = hiddenLines(shown.hidden, profile.unit).flatMap((line) => ['', line]);
  if (result.allocations !== undefined) {
    return [profileHeadline(result), '', allocationTable(result.allocations, profile), ...hidden].join('\n');
  }
  const hot = new Map(hotFunctions(profile, FUNCTIONS_PER_PHASE).map((phase) => [phase.phase, phase]));
  const rows = result.phases
    .filter(({ totalMicros }) => totalMicros > 0)
    .toSorted((a, b) => b.totalMicros - a.totalMicros)
    .flatMap(({ phase, totalMicros, share }) => [
      [phase, perOperation(totalMicros, result), percent(share), ''],
      ...functionRows(hot.get(phase), result),
    ]);
  // Of a tool that takes no samples, the kinds of code are not known.
  const kinds = result.samples === 0 ? '' : kindLine(recorded);
  return [
    ...[profileHeadline(result), '', table(COLUMNS, rows, TEXT_COLUMNS)],
    ...(kinds === '' ? [] : ['', kinds]),
    ...outsideLines(profile),
    ...hidden,
    // A tool's heap profile knows nothing of the operations.
    ...(profile.unit === 'bytes' ? ['', processTable(profile)] : []),
  ].join('\n');
}

function functionRows(phase: HotPhase | undefined, result: ProfileResult): string[][] {
  // Of a tool that takes no samples, everything would lie between them.
  if (result.samples === 0) return [];
  const functions = phase?.functions.filter(({ share }) => share >= LEAST_SHARE) ?? [];
  return functions.map((hot) => [
    `  ${hot.name}`,
    perOperation(hot.selfMicros, result),
    percent(hot.selfMicros / result.operationMicros),
    placeOf(hot),
  ]);
}

/** Between two operations and behind the last one: no part of the operations, so its share is one of the recording. */
function outsideLines({ samples, durationMicros, unit }: Profile): string[] {
  if (unit !== 'microseconds') return [];
  let outside = 0;
  for (let row = 0; row < samples.length; row++) {
    if ((samples.operation[row] ?? -1) < 0) outside += samples.duration[row] ?? 0;
  }
  if (outside === 0) return [];
  const share = percent(outside / durationMicros);
  return [
    '',
    `Not in this table: ${millis(outside)} ms between and behind the operations, ${share} of the recording.`,
  ];
}

function perOperation(micros: number, { iterations }: ProfileResult): string {
  return millis(micros / iterations);
}
