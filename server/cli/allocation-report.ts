import { hotFunctions } from '../profiling/hot-functions.ts';
import type { AllocationReport } from '../protocol/allocation-report.ts';
import { bytes, percent } from '../protocol/figures.ts';
import { outsideHeapLines } from '../protocol/outside-heap-lines.ts';
import type { Profile } from '../protocol/profile/profile.ts';
import { table } from '../protocol/table.ts';
import { placeOf } from './place-of.ts';

const FUNCTIONS_PER_PHASE = 3;
const LEAST_SHARE = 0.03;
const COLUMNS = ['phase and functions', 'bytes/operation', 'share', 'source'];
const LIVE_COLUMNS = ['functions whose objects are live', 'bytes', 'share', 'source'];
const TEXT_COLUMNS = [0, 3];

/** What a recording of the heap says, as a table for a terminal: the phases by bytes, each with what allocated most of them. */
export function allocationTable(allocations: AllocationReport, profile: Profile): string {
  if (allocations.objects === 'live') return liveTable(profile);
  const operations = Math.max(1, profile.operations.length);
  const hot = new Map(hotFunctions(profile, FUNCTIONS_PER_PHASE).map((phase) => [phase.phase, phase]));
  const rows = allocations.byPhase
    .filter((phase) => phase.bytes > 0)
    .toSorted((a, b) => b.bytes - a.bytes)
    .flatMap(({ phase, bytes: allocated, share }) => [
      [phase, bytes(allocated / operations), percent(share), ''],
      ...(hot.get(phase)?.functions ?? [])
        .filter((found) => found.share >= LEAST_SHARE)
        .map((found) => [
          `  ${found.name}`,
          bytes(found.selfMicros / operations),
          percent(found.selfMicros / allocations.operationBytes),
          placeOf(found),
        ]),
    ]);
  return table(COLUMNS, rows, TEXT_COLUMNS);
}

const LIVE_FUNCTIONS = 15;

/** What is live at the end of a recording of the heap, as a table for a terminal. It has no phases: by function only. */
export function liveTable(profile: Profile): string {
  const rows = hotFunctions(profile, LIVE_FUNCTIONS, 'everywhere')
    .flatMap(({ functions }) => functions)
    .map((found) => [
      found.name,
      bytes(found.selfMicros),
      percent(found.selfMicros / Math.max(1, profile.durationMicros)),
      placeOf(found),
    ]);
  return table(LIVE_COLUMNS, rows, TEXT_COLUMNS);
}

/** The facts of a recording of the heap, one a line. */
export function allocationLines(allocations: AllocationReport, iterations: number): string[] {
  const { objects, operationBytes, samplingIntervalBytes, usedBefore, usedAfter, outside } = allocations;
  const grown = usedAfter - usedBefore;
  const change = grown < 0 ? `${bytes(-grown)} less` : `${bytes(grown)} more`;
  return [
    objects === 'live'
      ? `${bytes(allocations.bytes)} live at the end of what the operations allocated`
      : `${bytes(operationBytes / Math.max(1, iterations))} allocated each, a sample every ${bytes(samplingIntervalBytes)}`,
    `heap in use: ${bytes(usedBefore)} before, ${bytes(usedAfter)} after (${change})`,
    ...(outside === undefined ? [] : outsideHeapLines(outside, allocations.bytes)),
  ];
}
