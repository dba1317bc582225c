import type { CapturedStacks } from './captured-stacks.ts';
import { metaFrame } from './formats/call-frames.ts';

const IDLE = '(idle)';

/**
 * The stacks of a worker thread on the axis of the main thread's, so that both show the same moments at the same places:
 * before the worker was there and behind its end it is idle.
 */
export function stacksBeside(worker: CapturedStacks, main: CapturedStacks): CapturedStacks {
  const { nodes, callFrames, idle } = withIdleNode(worker);
  const { time, node, length } = worker.samples;
  const from = main.samples.time[0] ?? main.startMicros;
  const startsLater = length === 0 || (time[0] ?? 0) > from;
  const endsEarlier = worker.endMicros < main.endMicros && length > 0;
  const times = [...(startsLater ? [from] : []), ...time, ...(endsEarlier ? [worker.endMicros] : [])];
  const nodesOf = [...(startsLater ? [idle] : []), ...node, ...(endsEarlier ? [idle] : [])];
  return {
    ...worker,
    callFrames,
    nodes,
    startMicros: Math.min(from, worker.startMicros),
    endMicros: Math.max(main.endMicros, worker.endMicros),
    samples: { length: times.length, time: Float64Array.from(times), node: Uint32Array.from(nodesOf) },
  };
}

/** Samples in which the thread had nothing to do. */
export function idleSamples({ samples, nodes, callFrames }: CapturedStacks): number {
  return samples.node.reduce(
    (sum, node) => sum + (callFrames[nodes.frame[node] ?? 0]?.functionName === IDLE ? 1 : 0),
    0,
  );
}

function withIdleNode({ nodes, callFrames }: CapturedStacks) {
  const frame = callFrames.findIndex(({ functionName }) => functionName === IDLE);
  const known = frame < 0 ? -1 : nodes.frame.indexOf(frame);
  if (known >= 0) return { nodes, callFrames, idle: known };
  return {
    callFrames: [...callFrames, metaFrame(IDLE)],
    nodes: {
      length: nodes.length + 1,
      parent: Int32Array.from([...nodes.parent, 0]),
      frame: Uint32Array.from([...nodes.frame, callFrames.length]),
    },
    idle: nodes.length,
  };
}
