import { hotFunctions } from '../profiling/hot-functions.ts';
import type { AllocationReport } from '../protocol/allocation-report.ts';
import { bytes, percent } from '../protocol/figures.ts';
import { outsideHeapLines } from '../protocol/outside-heap-lines.ts';
import { CATEGORIES, type Profile } from '../protocol/profile/profile.ts';
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
const APPLICATION = CATEGORIES.indexOf('application');

/**
 * What is live at the end of a process of which all was recorded, also what lies outside of the operations: functions of
 * one's own and what they called come first, then what the rest is, with its largest.
 */
export function processTable(profile: Profile): string {
  const { own, others } = byOwnCode(profile);
  const ownRows = liveRows(own, LIVE_FUNCTIONS);
  if (ownRows.length === 0) return liveTable(profile);
  const amount = others.samples.duration.reduce((sum, bytesOfRow) => sum + bytesOfRow, 0);
  const share = percent(amount / Math.max(1, profile.durationMicros));
  const rest = ['not called by your code: Node.js, libraries, this program', bytes(amount), share, ''];
  const restRows = liveRows(others, FUNCTIONS_PER_PHASE).map(([name, ...cells]) => [`  ${name}`, ...cells]);
  return table(LIVE_COLUMNS, amount > 0 ? [...ownRows, rest, ...restRows] : ownRows, TEXT_COLUMNS);
}

/** The profile once with the bytes of stacks in which application code stands, once with those of the others. */
function byOwnCode(profile: Profile) {
  const { nodes, frames, samples } = profile;
  const isOwn = new Uint8Array(nodes.length);
  for (let node = 1; node < nodes.length; node++) {
    const isApplication = frames.category[nodes.frame[node] ?? 0] === APPLICATION;
    isOwn[node] = isApplication ? 1 : (isOwn[nodes.parent[node] ?? -1] ?? 0);
  }
  const only = (own: number): Profile => ({
    ...profile,
    samples: {
      ...samples,
      duration: samples.duration.map((amount, row) => (isOwn[samples.node[row] ?? 0] === own ? amount : 0)),
    },
  });
  return { own: only(1), others: only(0) };
}

/** What is live at the end of a recording of the heap, as a table for a terminal. It has no phases: by function only. */
function liveTable(profile: Profile): string {
  return table(LIVE_COLUMNS, liveRows(profile, LIVE_FUNCTIONS), TEXT_COLUMNS);
}

function liveRows(profile: Profile, most: number): string[][] {
  return hotFunctions(profile, most, 'everywhere')
    .flatMap(({ functions }) => functions)
    .filter(({ selfMicros }) => selfMicros > 0)
    .map((found) => [
      found.name,
      bytes(found.selfMicros),
      percent(found.selfMicros / Math.max(1, profile.durationMicros)),
      placeOf(found),
    ]);
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
