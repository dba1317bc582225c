import type { OperationTrace } from '../../protocol/operation-trace.ts';
import type { CallFrame, CapturedStacks } from '../captured-stacks.ts';
import { EXTENSION_KEY, writeExtension } from '../formats/cpuprofile/cpuprofile-extension.ts';
import { mappedFrame } from '../sources/mapped-frame.ts';
import type { SourceMapping } from '../sources/source-frame.ts';

export interface HeapProfileFacts {
  readonly title: string;
  readonly startedAt: string;
  readonly samplingIntervalBytes: number;
  /** On the axis of bytes. */
  readonly traces: readonly OperationTrace[];
  readonly mapping: SourceMapping;
}

/** A node as V8 writes it, and as VS Code and Chrome DevTools read it. */
interface HeapNode {
  readonly id: number;
  readonly callFrame: CallFrame;
  selfSize: number;
  readonly children: HeapNode[];
}

/**
 * Allocations as the text of a `.heapprofile`: the `SamplingHeapProfile` of the DevTools protocol with call frames
 * mapped to sources, samples in order, and under a key of our own the operations with their phases, on the axis of the
 * samples' bytes.
 */
export function writeHeapProfile(stacks: CapturedStacks, facts: HeapProfileFacts): string {
  const { samples, nodes, endMicros } = stacks;
  const frames = stacks.callFrames.map((frame) => mappedFrame(frame, facts.mapping));
  const written = Array.from(nodes.frame, (frame, node): HeapNode => {
    return { id: node + 1, callFrame: frames[frame] ?? ROOT, selfSize: 0, children: [] };
  });
  written.forEach((node, at) => {
    written[nodes.parent[at] ?? -1]?.children.push(node);
  });
  const list = Array.from(samples.node, (at, sample) => {
    const size = (samples.time[sample + 1] ?? endMicros) - (samples.time[sample] ?? 0);
    const node = written[at];
    if (node !== undefined) node.selfSize += size;
    return { size, nodeId: at + 1, ordinal: sample + 1 };
  });
  return JSON.stringify({
    head: written[0] ?? { id: 1, callFrame: ROOT, selfSize: 0, children: [] },
    samples: list,
    [EXTENSION_KEY]: writeExtension({
      title: facts.title,
      startedAt: facts.startedAt,
      // The field keeps its name in every unit.
      samplingIntervalMicros: facts.samplingIntervalBytes,
      operations: [...facts.traces],
    }),
  });
}

const ROOT: CallFrame = { functionName: '(root)', scriptId: '0', url: '', lineNumber: -1, columnNumber: -1 };
