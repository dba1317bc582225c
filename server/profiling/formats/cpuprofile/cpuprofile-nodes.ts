import type { CallFrame, CapturedStacks } from '../../captured-stacks.ts';
import type { SourceMapping } from '../../sources/source-frame.ts';
import type { VscodeLocations } from './vscode-locations.ts';

/** A node of a `.cpuprofile`: the protocol's `ProfileNode` with the additions of VS Code's debugger. */
export interface CpuProfileNode {
  readonly id: number;
  readonly callFrame: CallFrame;
  readonly hitCount: number;
  readonly children: number[];
  readonly locationId: number;
  readonly positionTicks?: readonly PositionTick[];
}

interface PositionTick {
  readonly line: number;
  readonly ticks: number;
  readonly startLocationId: number;
  readonly endLocationId: number;
}

export interface NodeSources {
  /** The mapped frame of each call frame. */
  readonly frames: readonly CallFrame[];
  readonly mapping: SourceMapping;
  readonly locations: VscodeLocations;
}

/** The nodes in the order of the stacks; the id of a node is its index plus one. */
export function cpuProfileNodes(stacks: CapturedStacks, sources: NodeSources): readonly CpuProfileNode[] {
  const { nodes, samples } = stacks;
  const hits = new Uint32Array(nodes.length);
  for (const node of samples.node) hits[node] = (hits[node] ?? 0) + 1;
  const ticks = linesOfNodes(stacks, sources.mapping);
  const written = Array.from(nodes.frame, (frame, node): CpuProfileNode => {
    const callFrame = sources.frames[frame] ?? ROOT;
    const lines = ticks.get(node);
    return {
      id: node + 1,
      callFrame,
      hitCount: hits[node] ?? 0,
      children: [],
      locationId: sources.locations.idOf(callFrame),
      ...(lines === undefined ? {} : { positionTicks: positionTicks(lines, callFrame, sources.locations) }),
    };
  });
  written.forEach((node, index) => {
    written[nodes.parent[index] ?? -1]?.children.push(node.id);
  });
  return written;
}

const ROOT: CallFrame = { functionName: '(root)', scriptId: '0', url: '', lineNumber: -1, columnNumber: -1 };

/** For each node with ticks, the ticks by source line. Ticks of code inlined from another source are left out. */
function linesOfNodes(stacks: CapturedStacks, mapping: SourceMapping): Map<number, Map<number, number>> {
  const { lineTicks, nodes, callFrames } = stacks;
  const byNode = new Map<number, Map<number, number>>();
  for (let at = 0; at < lineTicks.length; at++) {
    const node = lineTicks.node[at] ?? 0;
    const frame = callFrames[nodes.frame[node] ?? 0];
    const line = frame === undefined ? undefined : mapping.line(frame, lineTicks.line[at] ?? 0);
    if (line === undefined) continue;
    const lines = byNode.get(node) ?? new Map<number, number>();
    lines.set(line, (lines.get(line) ?? 0) + (lineTicks.ticks[at] ?? 0));
    byNode.set(node, lines);
  }
  return byNode;
}

function positionTicks(
  lines: ReadonlyMap<number, number>,
  frame: CallFrame,
  locations: VscodeLocations,
): readonly PositionTick[] {
  return Array.from(lines, ([line, ticks]) => ({
    line,
    ticks,
    startLocationId: locations.idOf({ ...frame, lineNumber: line - 1, columnNumber: 0 }),
    endLocationId: locations.idOf({ ...frame, lineNumber: line, columnNumber: 0 }),
  }));
}
