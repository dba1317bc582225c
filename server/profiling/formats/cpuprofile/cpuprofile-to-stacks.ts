import { ProfileFormatError } from '../../../protocol/profile/profile-format-error.ts';
import type { CallFrame, CapturedStacks, LineTickTable } from '../../captured-stacks.ts';
import { readCpuSamples } from './cpuprofile-samples.ts';
import { orderNodes } from './cpuprofile-tree.ts';
import { expectList, expectNumber, expectObject, type Json } from './json-checks.ts';

/**
 * Reads V8's `.cpuprofile` (the `Profiler.Profile` of the DevTools protocol) from its parsed JSON. Accepts nodes
 * that name their `children` or their `parent`, samples out of order, missing `timeDeltas` (then evenly spread) and
 * an empty profile. Anything that would have to be guessed is a `ProfileFormatError` that names the place.
 */
export function cpuProfileToStacks(value: unknown): CapturedStacks {
  const profile = expectObject('profile', value);
  if (profile['head'] !== undefined) {
    throw new ProfileFormatError('profile.head', 'it is the tree format of Chrome before 2016', {
      advice: 'Open it in Chrome DevTools, save it from there, and open that file.',
    });
  }
  const rawNodes = expectList('profile.nodes', profile['nodes']).map((node, at) =>
    expectObject(() => `profile.nodes[${at}]`, node),
  );
  const startMicros = expectNumber('profile.startTime', profile['startTime']);
  const endMicros = expectNumber('profile.endTime', profile['endTime']);
  const tree = orderNodes(rawNodes);
  const callFrames = new CallFrames();
  const frame = Uint32Array.from(tree.order, (at) => callFrames.indexOf(rawNodes[at] ?? {}, at));
  // Without nodes there is no root; the model wants one.
  const nodes =
    tree.order.length > 0
      ? { length: frame.length, parent: tree.parent, frame }
      : { length: 1, parent: Int32Array.of(-1), frame: Uint32Array.of(callFrames.root()) };
  const samples = readCpuSamples(profile, tree.indexById, { startMicros, endMicros });
  return {
    startMicros,
    endMicros: Math.max(startMicros, endMicros, samples.time.at(-1) ?? startMicros),
    callFrames: callFrames.list,
    nodes,
    samples,
    lineTicks: readLineTicks(rawNodes, tree.order),
  };
}

/** Collects distinct functions. */
class CallFrames {
  readonly list: CallFrame[] = [];
  readonly #known = new Map<string, number>();

  indexOf(node: Json, at: number): number {
    const raw = expectObject(() => `profile.nodes[${at}].callFrame`, node['callFrame']);
    return this.#index({
      functionName: text(raw['functionName']),
      scriptId: text(raw['scriptId']),
      url: text(raw['url']),
      lineNumber: place(raw['lineNumber']),
      columnNumber: place(raw['columnNumber']),
    });
  }

  root(): number {
    return this.#index({ functionName: '(root)', scriptId: '0', url: '', lineNumber: -1, columnNumber: -1 });
  }

  #index(frame: CallFrame): number {
    const { functionName, scriptId, url, lineNumber, columnNumber } = frame;
    const key = `${scriptId}\n${lineNumber}\n${columnNumber}\n${functionName}\n${url}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    this.#known.set(key, this.list.length);
    return this.list.push(frame) - 1;
  }
}

function text(value: unknown): string {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' ? value : '';
}

/** Tools write -1, null or nothing where a function has no place. Larger numbers than a file can have lines are none. */
function place(value: unknown): number {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) < 2 ** 31 - 1 ? Number(value) : -1;
}

function readLineTicks(nodes: readonly Json[], order: Int32Array): LineTickTable {
  const node: number[] = [];
  const line: number[] = [];
  const ticks: number[] = [];
  order.forEach((at, index) => {
    const raw = nodes[at]?.['positionTicks'];
    if (raw === undefined || raw === null) return;
    for (const entry of expectList(() => `profile.nodes[${at}].positionTicks`, raw)) {
      const tick = expectObject(() => `profile.nodes[${at}].positionTicks`, entry);
      const tickLine = place(tick['line']);
      if (tickLine < 1) continue; // V8 counts lines from 1; 0 is a tick without a place
      node.push(index);
      line.push(tickLine);
      ticks.push(Math.max(0, place(tick['ticks'])));
    }
  });
  return {
    length: node.length,
    node: Uint32Array.from(node),
    line: Uint32Array.from(line),
    ticks: Uint32Array.from(ticks),
  };
}
