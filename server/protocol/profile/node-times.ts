import { NO_PHASE } from '../phase.ts';
import type { Profile } from './profile.ts';

/** What was measured on each node of a call tree, in columns as long as `profile.nodes`. */
export interface NodeTimes {
  /** In the profile's unit, on the node itself. */
  readonly self: Float64Array;
  /** On the node and below it. */
  readonly total: Float64Array;
  /** Captured samples on the node itself. */
  readonly count: Uint32Array;
  /** On the node and below it. */
  readonly countTotal: Uint32Array;
  /** Of the rows on the node itself: index into `PHASES`, `NO_PHASE` where they lie in several or in none. */
  readonly phase: Uint8Array;
  /** Of rows in which no sample was captured: they belong to no node. */
  readonly unsampled: number;
  /** Their phase, as above; undefined where there are no such rows. */
  readonly unsampledPhase: number | undefined;
}

/** Self and total of every node. */
export function nodeTimes(profile: Profile): NodeTimes {
  const { nodes } = profile;
  const own = ownTimes(profile);
  const total = own.self.slice();
  const countTotal = own.count.slice();
  for (let node = nodes.length - 1; node > 0; node--) {
    const parent = nodes.parent[node] ?? 0;
    total[parent] = (total[parent] ?? 0) + (total[node] ?? 0);
    countTotal[parent] = (countTotal[parent] ?? 0) + (countTotal[node] ?? 0);
  }
  return { ...own, total, countTotal };
}

function ownTimes({ samples, nodes }: Profile) {
  const self = new Float64Array(nodes.length);
  const count = new Uint32Array(nodes.length);
  const phase = new Uint8Array(nodes.length).fill(NO_PHASE);
  let unsampled = 0;
  let unsampledPhase: number | undefined;
  for (let row = 0; row < samples.length; row++) {
    const duration = samples.duration[row] ?? 0;
    const own = samples.phase[row] ?? NO_PHASE;
    if (samples.captured[row] !== 1) {
      unsampled += duration;
      unsampledPhase = unsampledPhase === undefined || unsampledPhase === own ? own : NO_PHASE;
      continue;
    }
    const node = samples.node[row] ?? 0;
    const before = count[node] ?? 0;
    if (before === 0) phase[node] = own;
    else if (phase[node] !== own) phase[node] = NO_PHASE;
    count[node] = before + 1;
    self[node] = (self[node] ?? 0) + duration;
  }
  return { self, count, phase, unsampled, unsampledPhase };
}
