import type { CapturedStacks } from '../../captured-stacks.ts';
import { CallFrames, framePlace, frameText } from '../call-frames.ts';
import { GrowingFloats } from '../growing-column.ts';
import { expectList, expectNumber, expectObject, type Json } from '../json/json-checks.ts';
import { MAX_SAMPLES, tooManySamples } from '../limits.ts';
import { NodeColumns } from './node-columns.ts';
import { rawCpuProfileToStacks } from './raw-cpuprofile.ts';

/**
 * Reads V8's `Profiler.Profile` of the DevTools protocol as the inspector hands it over; files go the way of
 * `read-cpuprofile.ts`. Accepts nodes that name their `children` or their `parent`, samples out of order, missing
 * `timeDeltas` (then evenly spread) and an empty profile. Throws `ProfileFormatError` that names the place.
 */
export function cpuProfileToStacks(value: unknown): CapturedStacks {
  const profile = expectObject('profile', value);
  const callFrames = new CallFrames();
  const nodes = new NodeColumns();
  addNodes(nodes, callFrames, expectList('profile.nodes', profile['nodes']));
  return rawCpuProfileToStacks({
    nodes,
    callFrames,
    startMicros: expectNumber('profile.startTime', profile['startTime']),
    endMicros: expectNumber('profile.endTime', profile['endTime']),
    sampleIds: numbers('profile.samples', profile['samples']),
    timeDeltas: numbers('profile.timeDeltas', profile['timeDeltas']),
  });
}

/** Adds nodes from parsed JSON; the nodes of a trace come in several lists. */
export function addNodes(nodes: NodeColumns, callFrames: CallFrames, list: readonly unknown[]): void {
  for (const entry of list) {
    const at = nodes.length;
    const node = expectObject(() => `profile.nodes[${at}]`, entry);
    nodes.id.push(expectNumber(() => `profile.nodes[${at}].id`, node['id']));
    nodes.frame.push(callFrames.indexOf(callFrame(node, at)));
    const { parent } = node;
    nodes.parent.push(
      isAbsent(parent) ? Number.NaN : expectNumber(() => `profile.nodes[${at}].parent`, parent),
    );
    addChildren(nodes, node, at);
    addTicks(nodes, node, at);
  }
}

function callFrame(node: Json, at: number) {
  const raw = expectObject(() => `profile.nodes[${at}].callFrame`, node['callFrame']);
  return {
    functionName: frameText(raw['functionName']),
    scriptId: frameText(raw['scriptId']),
    url: frameText(raw['url']),
    lineNumber: framePlace(raw['lineNumber']),
    columnNumber: framePlace(raw['columnNumber']),
  };
}

function addChildren(nodes: NodeColumns, { children }: Json, at: number): void {
  if (isAbsent(children)) return;
  const where = () => `profile.nodes[${at}].children`;
  for (const child of expectList(where, children)) {
    nodes.childOf.push(at);
    nodes.childId.push(expectNumber(where, child));
  }
}

function addTicks(nodes: NodeColumns, { positionTicks }: Json, at: number): void {
  if (isAbsent(positionTicks)) return;
  const where = () => `profile.nodes[${at}].positionTicks`;
  for (const entry of expectList(where, positionTicks)) {
    const tick = expectObject(where, entry);
    nodes.addTick(at, framePlace(tick['line']), framePlace(tick['ticks']));
  }
}

function numbers(where: string, value: unknown): GrowingFloats | undefined {
  if (isAbsent(value)) return undefined;
  const column = new GrowingFloats(MAX_SAMPLES, tooManySamples(where));
  appendNumbers(column, where, value);
  return column;
}

export function appendNumbers(column: GrowingFloats, where: string, value: unknown): void {
  for (const entry of expectList(where, value)) {
    column.push(expectNumber(() => `${where}[${column.length}]`, entry));
  }
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null;
}
