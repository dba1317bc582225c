import path from 'node:path';
import { FILE_FORMATS } from '../profiling/formats/file-format.ts';
import type { OpenedProfile } from '../profiling/formats/read-profile.ts';
import { type HottestFunction, hottestFunctions } from '../profiling/hottest-functions.ts';
import { counted, millis, percent } from '../protocol/figures.ts';
import type { Profile } from '../protocol/profile/profile.ts';
import { table } from '../protocol/table.ts';
import { inUnit, UNIT_NAMES } from './amount-text.ts';
import { foreignPlaceOf, onOneLine } from './foreign-text.ts';
import { type KeptCost, keptCostLines } from './kept-cost.ts';
import { hiddenLines, type ShownProfile } from './shown-profile.ts';

const FUNCTIONS = 15;
const TEXT_COLUMNS = [3, 4];

export interface ToldFile extends Pick<OpenedProfile, 'format'> {
  readonly shown: ShownProfile;
  readonly cost: KeptCost;
}

/** What a file holds, as text for a terminal: its format, its extent, and the functions that took most themselves. */
export function convertReport(file: string, { format, shown, cost }: ToldFile): string {
  const { profile } = shown;
  const { samples, nodes, operations, title } = profile;
  const name = path.basename(file);
  const captured = samples.captured.reduce((sum, one) => sum + one, 0);
  const lines = [
    `${name}: ${FILE_FORMATS[format]}${title === '' || title === name ? '' : `, "${onOneLine(title)}"`}`,
    `${extent(profile)}, ${counted(captured, profile.unit === 'samples' ? 'stack' : 'sample')} on ${counted(nodes.length, 'node')}${interval(profile)}`,
    ...(operations.length > 0 ? [`${counted(operations.length, 'operation')} with their phases`] : []),
  ];
  const hottest = hottestFunctions(profile, FUNCTIONS);
  const end = [...hiddenLines(shown.hidden, profile.unit), ...keptCostLines(cost)].flatMap((line) => [
    '',
    line,
  ]);
  if (hottest.length === 0) {
    const nothing = shown.hidden > 0 ? [] : [nothingToShow(captured)];
    return [...lines, ...nothing, ...end].join('\n');
  }
  const unit = UNIT_NAMES[profile.unit];
  const head = [`self ${unit}`, `total ${unit}`, 'share', 'function', 'source'];
  return [
    ...lines,
    '',
    table(
      head,
      hottest.map((hot) => row(hot, profile)),
      TEXT_COLUMNS,
    ),
    ...end,
  ].join('\n');
}

/** The same for programs. */
export function convertSummary({ format, shown, cost }: ToldFile, notes: readonly string[]): object {
  const { profile, hidden } = shown;
  const { costOfMeasuring, costUnknown } = cost;
  const { title, source, unit, startedAt, durationMicros, samplingIntervalMicros } = profile;
  return {
    format,
    title,
    source,
    unit,
    startedAt,
    duration: durationMicros,
    samplingInterval: samplingIntervalMicros,
    samples: profile.samples.captured.reduce((sum, one) => sum + one, 0),
    nodes: profile.nodes.length,
    operations: profile.operations.length,
    functions: hottestFunctions(profile, FUNCTIONS),
    profilerHidden: hidden,
    costOfMeasuring,
    costUnknown,
    notes,
  };
}

function nothingToShow(captured: number): string {
  if (captured === 0) return 'No samples: there are no functions to show.';
  return `${captured === 1 ? 'The sample has' : 'The samples have'} no extent: no function can be shown to have taken anything.`;
}

function extent({ unit, durationMicros, startedAt }: Profile): string {
  const total = `${inUnit(durationMicros, unit)} ${UNIT_NAMES[unit]}`;
  return startedAt === '' ? total : `${total} from ${startedAt}`;
}

function interval({ unit, sampleDistanceMicros }: Profile): string {
  if (unit !== 'microseconds' || sampleDistanceMicros === 0) return '';
  return `, one every ${millis(sampleDistanceMicros)} ms`;
}

function row(hot: HottestFunction, { unit }: Profile): string[] {
  return [
    inUnit(hot.self, unit),
    inUnit(hot.total, unit),
    percent(hot.share),
    onOneLine(hot.name),
    foreignPlaceOf(hot),
  ];
}
