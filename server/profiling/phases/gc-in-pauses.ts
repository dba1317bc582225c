import type { GcPause } from '../../protocol/gc-pause.ts';
import type { OperationTrace } from '../../protocol/operation-trace.ts';
import type { CallFrame, CapturedSamples, CapturedStacks } from '../captured-stacks.ts';
import { metaFrame } from '../formats/call-frames.ts';
import { usualDistance } from './idle-reach.ts';
import { cutIntoSegments } from './time-segments.ts';
import { isAwaiting } from './wait-nodes.ts';

const GC = '(garbage collector)';
const IDLE = '(idle)';
/** Steps of marking and sweeping that V8 does as the program allocates: they take its time, and are no pause. */
const GC_STEPS = '(garbage collector, between pauses)';

/** Times the usual distance of samples: how far the clocks of samples and pauses may differ. */
const TOLERANCE = 0.25;

/** V8 ends a step after 1 ms. As many of them without anything between are tasks, one after the other, for want of others. */
const LONGEST_STEPS_MICROS = 5_000;

/**
 * The stacks with what V8 says of its garbage collector brought in line with the pauses, which are known exactly. V8 marks
 * its objects in tasks of up to 1 ms, back to back, while the program has nothing to do: 57 ms of a `pg_sleep` were seen between
 * two pauses of 4.5 and 6.7 ms. Such a sample outside of the pauses is idle time where something outside of the process is
 * waited for, and in a stretch so long that the program cannot have had anything to do; else it has a name of its own.
 */
export function gcInPauses(
  stacks: CapturedStacks,
  pauses: readonly GcPause[],
  traces: readonly OperationTrace[],
): CapturedStacks {
  const { samples } = stacks;
  const collecting = collectingNodes(stacks);
  const outside = samplesOutside(samples, pauses, collecting);
  if (!outside.includes(1)) return stacks;
  const nodes = new MetaNodes(stacks);
  const idle = nodes.named(IDLE);
  const steps = nodes.named(GC_STEPS);
  const isAwaitingAt = awaitingSamples(stacks, traces);
  const node = samples.node.slice();
  for (let from = 0; from < samples.length; from++) {
    if (outside[from] !== 1) continue;
    let to = from;
    while (outside[to] === 1) to++;
    const end = samples.time[to] ?? stacks.endMicros;
    const isLong = end - (samples.time[from] ?? 0) > LONGEST_STEPS_MICROS;
    for (let at = from; at < to; at++) node[at] = isLong || isAwaitingAt(at) ? idle : steps;
    from = to;
  }
  return { ...stacks, ...nodes.build(), samples: { ...samples, node } };
}

function collectingNodes({ nodes, callFrames }: CapturedStacks): Uint8Array {
  return Uint8Array.from(nodes.frame, (frame) => (callFrames[frame]?.functionName === GC ? 1 : 0));
}

/** 1 for each sample in which V8 collected garbage in none of the pauses, which are in order of time. */
function samplesOutside(
  samples: CapturedSamples,
  pauses: readonly GcPause[],
  collecting: Uint8Array,
): Uint8Array {
  const tolerance = TOLERANCE * usualDistance(samples);
  const outside = new Uint8Array(samples.length);
  let next = 0;
  let lastEnd = Number.NEGATIVE_INFINITY;
  for (let at = 0; at < samples.length; at++) {
    const time = samples.time[at] ?? 0;
    for (; next < pauses.length; next++) {
      const { startMicros = 0, durationMicros = 0 } = pauses[next] ?? {};
      if (startMicros - tolerance > time) break;
      lastEnd = Math.max(lastEnd, startMicros + durationMicros);
    }
    if (collecting[samples.node[at] ?? 0] === 1 && time > lastEnd + tolerance) outside[at] = 1;
  }
  return outside;
}

/** Whether a sample lies in a phase in which something outside of the process is waited for; asked in order of time. */
function awaitingSamples(
  { samples: { time }, endMicros }: CapturedStacks,
  traces: readonly OperationTrace[],
) {
  const ordered = traces.toSorted((a, b) => a.startMicros - b.startMicros);
  const segments = cutIntoSegments(ordered, { startMicros: time[0] ?? 0, endMicros });
  let segment = 0;
  return (sample: number): boolean => {
    const at = (time[sample] ?? 0) - segments.originMicros;
    while (segment < segments.length - 1 && (segments.end[segment] ?? 0) <= at) segment++;
    return isAwaiting(segments.phase[segment] ?? 0);
  };
}

/** The nodes below the root that stand for no function, made when they are needed. */
class MetaNodes {
  readonly #stacks: CapturedStacks;
  readonly #added: CallFrame[] = [];

  constructor(stacks: CapturedStacks) {
    this.#stacks = stacks;
  }

  named(name: string): number {
    const { nodes, callFrames } = this.#stacks;
    const known = nodes.frame.findIndex(
      (frame, node) => nodes.parent[node] === 0 && callFrames[frame]?.functionName === name,
    );
    if (known >= 0) return known;
    const added = this.#added.findIndex(({ functionName }) => functionName === name);
    return nodes.length + (added >= 0 ? added : this.#added.push(metaFrame(name)) - 1);
  }

  build(): Pick<CapturedStacks, 'nodes' | 'callFrames'> {
    const { nodes, callFrames } = this.#stacks;
    return {
      callFrames: [...callFrames, ...this.#added],
      nodes: {
        length: nodes.length + this.#added.length,
        parent: Int32Array.from([...nodes.parent, ...this.#added.map(() => 0)]),
        frame: Uint32Array.from([...nodes.frame, ...this.#added.map((_, at) => callFrames.length + at)]),
      },
    };
  }
}
