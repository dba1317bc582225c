import { amount, counted, factor, millis } from '../protocol/figures.ts';
import { wideSpread } from '../protocol/operation-times.ts';
import type { ProfileResult } from '../protocol/run.ts';

/** Fewer operations say little: the first ones run code that the engine has not compiled yet. */
const FEW = 10;

/** What the operations of a profile took, read, appended and gave, and how far these figures carry; one fact a line. */
export function profileHeadline(result: ProfileResult): string {
  const outcomes = Object.entries(result.outcomes).map(([outcome, count]) => `${amount(count)} ${outcome}`);
  const operations = `${counted(result.iterations, 'operation')} (${outcomes.join(', ')})`;
  const lines = [
    `${subject(result)}: ${typical(result)}, ${operations}`,
    [...averages(result), events(result)].join(', '),
    ...snapshots(result),
    samples(result),
    ...remarks(result),
  ];
  return lines.join('\n');
}

/** What was profiled; with snapshots and input as asked for, where they are not the usual ones. */
function subject({ handler, snapshots, input }: ProfileResult): string {
  const mode = snapshots === undefined || snapshots === 'off' ? [] : [`snapshots ${snapshots}`];
  return [
    handler,
    ...mode,
    ...(input === undefined ? [] : [`input ${shortened(JSON.stringify(input))}`]),
  ].join(', ');
}

const LONGEST_INPUT = 100;

function shortened(text: string): string {
  return text.length > LONGEST_INPUT ? `${text.slice(0, LONGEST_INPUT).toWellFormed()}…` : text;
}

function typical({ operationTimes: times, operationMicros, iterations }: ProfileResult): string {
  if (times === undefined) return `mean ${millis(operationMicros / iterations)} ms`;
  if (iterations === 1) return `${millis(times.medianMicros)} ms`;
  return `median ${millis(times.medianMicros)} ms (${millis(times.minMicros)}–${millis(times.maxMicros)})`;
}

function averages({ operationTimes: times, operationMicros, iterations }: ProfileResult): string[] {
  if (times === undefined || iterations === 1) return [];
  const mean = `mean ${millis(operationMicros / iterations)} ms`;
  return times.p95Micros === undefined ? [mean] : [mean, `95 % within ${millis(times.p95Micros)} ms`];
}

function events({ eventsReadPerOperation, eventsAppendedPerOperation }: ProfileResult): string {
  const read = `${counted(round(eventsReadPerOperation), 'event')} read`;
  if (eventsAppendedPerOperation === 0) return `${read} each`;
  return `${read}, ${amount(round(eventsAppendedPerOperation))} appended each`;
}

function snapshots({ snapshotUses }: ProfileResult): string[] {
  const uses = Object.entries(snapshotUses ?? {}).map(([use, count]) => `${amount(count)} ${use}`);
  return uses.length === 0 ? [] : [`states: ${uses.join(', ')}`];
}

function round(mean: number): number {
  return mean < 10 ? Math.round(mean * 10) / 10 : Math.round(mean);
}

function samples({ samples, sampleDistanceMicros, samplingIntervalMicros }: ProfileResult): string {
  const count = counted(samples, 'sample');
  if (!sampleDistanceMicros || samplingIntervalMicros === undefined) return count;
  return `${count}, every ${millis(sampleDistanceMicros)} ms (${millis(samplingIntervalMicros)} ms asked for)`;
}

/** What to keep in mind when reading the figures. */
function remarks({ operationTimes: times, iterations }: ProfileResult): string[] {
  const few =
    iterations < FEW ? [`Only ${counted(iterations, 'operation')}: more make the figures firm.`] : [];
  const spread = times && wideSpread(times);
  if (spread === undefined) return few;
  return [
    ...few,
    `One operation in twenty took at least ${factor(spread)} times as long as the median: trust the median more than the mean.`,
  ];
}
