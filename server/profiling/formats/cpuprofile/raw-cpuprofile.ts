import type { CallFrame, CapturedStacks, LineTickTable } from '../../captured-stacks.ts';
import { type CallFrames, metaFrame } from '../call-frames.ts';
import { expectNear, type RawSamples, readCpuSamples } from './cpuprofile-samples.ts';
import { orderNodes } from './cpuprofile-tree.ts';
import type { NodeColumns } from './node-columns.ts';

/** A V8 CPU profile as it stands in a file, a trace or a message, in columns and not yet checked. */
export interface RawCpuProfile extends RawSamples {
  readonly nodes: NodeColumns;
  readonly callFrames: CallFrames;
}

/** Orders nodes and samples. Anything that would have to be guessed is a `ProfileFormatError` that names the place. */
export function rawCpuProfileToStacks(raw: RawCpuProfile): CapturedStacks {
  const tree = orderNodes(raw.nodes);
  const { frame, callFrames } = inOrderOfUse(tree.order, raw);
  // Without nodes there is no root; the model wants one.
  const nodes =
    frame.length > 0
      ? { length: frame.length, parent: tree.parent, frame }
      : { length: 1, parent: Int32Array.of(-1), frame: Uint32Array.of(0) };
  const samples = readCpuSamples(raw, tree);
  const last = samples.time.at(-1) ?? raw.startMicros;
  const endMicros = Math.max(raw.startMicros, raw.endMicros ?? last, last);
  expectNear(endMicros, raw.startMicros, () => 'profile.endTime');
  return {
    startMicros: raw.startMicros,
    endMicros,
    callFrames: frame.length > 0 ? callFrames : [metaFrame('(root)')],
    nodes,
    samples,
    lineTicks: orderedTicks(raw.nodes, tree.order),
  };
}

/** Functions in the order of the tree: the same profile has them in the same order, in whatever order it is written. */
function inOrderOfUse(order: Int32Array, { nodes, callFrames: { list } }: RawCpuProfile) {
  const used = new Int32Array(list.length).fill(-1);
  const callFrames: CallFrame[] = [];
  const frame = Uint32Array.from(order, (position) => {
    const before = nodes.frame.values[position] ?? 0;
    const known = used[before] ?? -1;
    if (known !== -1) return known;
    used[before] = callFrames.length;
    return callFrames.push(list[before] ?? metaFrame('')) - 1;
  });
  return { frame, callFrames };
}

/** The ticks in the order of the nodes. */
function orderedTicks({ tickOf, tickLine, ticks, length }: NodeColumns, order: Int32Array): LineTickTable {
  const first = new Int32Array(length + 1);
  for (const position of tickOf.filled()) first[position + 1] = (first[position + 1] ?? 0) + 1;
  for (let at = 1; at <= length; at++) first[at] = (first[at] ?? 0) + (first[at - 1] ?? 0);
  const table = {
    length: tickOf.length,
    node: new Uint32Array(tickOf.length),
    line: new Uint32Array(tickOf.length),
    ticks: new Uint32Array(tickOf.length),
  };
  let row = 0;
  order.forEach((position, index) => {
    for (let at = first[position] ?? 0; at < (first[position + 1] ?? 0); at++) {
      table.node[row] = index;
      table.line[row] = tickLine.values[at] ?? 0;
      table.ticks[row++] = ticks.values[at] ?? 0;
    }
  });
  return table;
}
