import { type FrameCondition, matchingFrames } from './matching-frames.ts';
import type { NodeTable, Profile } from './profile.ts';
import { selectRows } from './select-rows.ts';

/**
 * What becomes of the functions that are meant:
 *
 * - `keep`: only rows in whose stack one of them stands
 * - `hide`: only rows in whose stack none of them stands
 * - `fold`: all rows, but the functions are taken out of the stacks: their time becomes that of their callers
 */
export type FrameFilter = FrameCondition & { readonly mode: 'keep' | 'hide' | 'fold' };

/**
 * The profile with fewer rows or shorter stacks. Rows in which no sample was captured have no stack: `keep` leaves
 * them out, the others keep them. Time that is left out is a gap; operations, frames and texts stay as they are.
 */
export function filterByFrames(profile: Profile, filter: FrameFilter): Profile {
  const matches = matchingFrames(profile, filter);
  if (filter.mode === 'fold') return folded(profile, matches);
  const keeps = nodesBelow(profile.nodes, matches);
  if (filter.mode === 'hide')
    for (let node = 0; node < keeps.length; node++) keeps[node] = 1 - (keeps[node] ?? 0);
  const { node, captured, length } = profile.samples;
  const unsampled = filter.mode === 'hide' ? 1 : 0;
  const isKept = new Uint8Array(length);
  for (let row = 0; row < length; row++) {
    isKept[row] = captured[row] === 1 ? (keeps[node[row] ?? 0] ?? 0) : unsampled;
  }
  return { ...profile, samples: selectRows(profile.samples, isKept) };
}

/** 1 for the nodes that have one of the frames, and for all below them. The root is no function. */
function nodesBelow({ length, parent, frame }: NodeTable, matches: Uint8Array): Uint8Array {
  const below = new Uint8Array(length);
  for (let node = 1; node < length; node++) {
    below[node] = (below[parent[node] ?? 0] ?? 0) | (matches[frame[node] ?? 0] ?? 0);
  }
  return below;
}

function folded(profile: Profile, matches: Uint8Array): Profile {
  const given = profile.nodes;
  const nodeOf = new Uint32Array(given.length);
  const parent = new Int32Array(given.length);
  const frame = new Uint32Array(given.length);
  parent[0] = -1;
  frame[0] = given.frame[0] ?? 0;
  let length = 1;
  for (let node = 1; node < given.length; node++) {
    const above = nodeOf[given.parent[node] ?? 0] ?? 0;
    const own = given.frame[node] ?? 0;
    if (matches[own] === 1) {
      nodeOf[node] = above;
      continue;
    }
    parent[length] = above;
    frame[length] = own;
    nodeOf[node] = length++;
  }
  const nodes = { length, parent: parent.slice(0, length), frame: frame.slice(0, length) };
  const node = profile.samples.node.map((before) => nodeOf[before] ?? 0);
  return { ...profile, nodes, samples: { ...profile.samples, node } };
}
