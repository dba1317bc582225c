import { amount, counted, factor, millis, percent } from '../protocol/figures.ts';
import { wideSpread } from '../protocol/operation-times.ts';
import type { ProfileResult } from '../protocol/run.ts';
import { allocationLines } from './allocation-report.ts';

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
    ...samples(result),
    ...remarks(result),
    ...(result.allocations ? allocationLines(result.allocations, result.iterations) : []),
    ...threads(result),
    ...gcLines(result),
    ...ending(result),
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

function samples({ tool, samples, sampleDistanceMicros, samplingIntervalMicros }: ProfileResult): string[] {
  // Some tools take none; what they have to say instead comes below.
  if (tool !== undefined && samples === 0) return [];
  const count = counted(samples, 'sample');
  if (!sampleDistanceMicros || samplingIntervalMicros === undefined) return [count];
  return [
    `${count}, every ${millis(sampleDistanceMicros)} ms (${millis(samplingIntervalMicros)} ms asked for)`,
  ];
}

function threads({ threads = [] }: ProfileResult): string[] {
  return threads.map(
    ({ name, samples: all, busySamples, profile }) =>
      `thread ${name}: busy in ${percent(all > 0 ? busySamples / all : 0)} of ${counted(all, 'sample')}, see ${profile}`,
  );
}

function gcLines({ gc }: ProfileResult): string[] {
  if (gc === undefined || gc.pauses === 0) return [];
  const [worst] = gc.byPhase.toSorted((a, b) => b.totalMicros - a.totalMicros);
  const most = worst === undefined ? '' : `, most in ${worst.phase}`;
  const share = gc.share === 0 ? 'only between operations' : `${percent(gc.share)} of the operations`;
  return [
    `garbage collection: ${counted(gc.pauses, 'pause')}, the longest ${millis(gc.longestMicros)} ms, ${share}${most}`,
  ];
}

/** The operation that was too slow, with what it was executed with. */
function ending({ slowOperation }: ProfileResult): string[] {
  if (slowOperation === undefined) return [];
  const { iteration, durationMicros, input } = slowOperation;
  const what = input === undefined ? '' : `, input ${shortened(JSON.stringify(input))}`;
  return [`slow operation: number ${amount(iteration + 1)}, ${millis(durationMicros)} ms${what}`];
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
