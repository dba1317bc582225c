import { COST_NOTE } from '../protocol/cost-note.ts';
import { counted, millis, percent, percentRange } from '../protocol/figures.ts';
import type {
  ComparedCost,
  CostPart,
  CostRange,
  MeasuringCost,
  RecordingCost,
} from '../protocol/measuring-cost.ts';

type Cost = RecordingCost & Partial<MeasuringCost>;

export interface ToldCost {
  readonly costOfMeasuring?: Cost | ComparedCost | undefined;
  /** Why it is not known. */
  readonly costUnknown?: string | undefined;
}

/**
 * What measuring has cost, or why nobody knows, for the end of a report; nothing of results that are older than it. How
 * it is found: see the runner's `measuringCost`, `attachCost` and `comparedCost`.
 * @param whole what the cost is a share of
 */
export function costLines({ costOfMeasuring: cost, costUnknown }: ToldCost, whole: string): string[] {
  if (cost === undefined) return costUnknown === undefined ? [] : [`cost of measuring: ${costUnknown}`];
  if ('compared' in cost) {
    return [
      `cost of measuring: about ${percent(cost.share)} of ${whole} (${comparedParts(cost).join(', ')})`,
    ];
  }
  const total = `cost of measuring: about ${shareText(cost.share, cost.shareRange)} of ${whole}`;
  const note = cost.shareRange === undefined ? [] : [`  ${COST_NOTE}`];
  const { samplingShare, phasesShare } = cost;
  const sampling = [...partOf(cost.samples, 'sample'), ...partOf(cost.marks, 'mark')];
  const phases = [...partOf(cost.borders, 'phase border'), ...partOf(cost.statements, 'statement')];
  if (samplingShare === undefined || phasesShare === undefined) {
    return [[`${total} (${[...sampling, ...phases].join(', ')})`, ...note].join('\n')];
  }
  return [
    [
      total,
      `  sampling: ${shareText(samplingShare, cost.samplingRange)} (${sampling.join(', ')})`,
      `  phases: ${shareText(phasesShare, cost.phasesRange)} (${phases.join(', ')})`,
      ...note,
    ].join('\n'),
  ];
}

/** What it was without the tool is told twice: how far that differs is how far the share can be trusted. */
function comparedParts({ compared }: ComparedCost): string[] {
  const { operations, underToolMicros, beforeMicros, behindMicros } = compared;
  return [
    `median of ${counted(operations, 'operation')} ${millis(underToolMicros)} ms under it`,
    `${millis(beforeMicros)} ms without it before`,
    `${millis(behindMicros)} ms behind`,
  ];
}

function partOf(part: CostPart | undefined, noun: string): string[] {
  return part === undefined ? [] : [`${counted(part.count, noun)} of ${microsText(part)} µs`];
}

function microsText({ microsEach, microsRange }: CostPart): string {
  if (microsRange === undefined) return micros(microsEach);
  const [least, most] = [micros(microsRange.least), micros(microsRange.most)];
  return least === most ? most : `${least}–${most}`;
}

/** Older results have no range. */
function shareText(share: number, range: CostRange | undefined): string {
  return range === undefined ? percent(share) : percentRange(range);
}

function micros(value: number): string {
  return value < 9.95 ? value.toFixed(1) : Math.round(value).toString();
}
