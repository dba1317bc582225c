import { childLinks } from './child-links.ts';

/**
 * 1 for nodes whose stack another node may have too: those with a sibling of the same frame, and all below them; 0 for
 * those that are alone with theirs. Captures have few of the former, and only those have to be looked up to be
 * merged: that takes three times as long as finding out.
 */
export function sharedStacks(parent: Int32Array, frame: Uint32Array): Uint8Array {
  let frames = 0;
  for (const own of frame) if (own >= frames) frames = own + 1;
  const { firstChild, nextSibling } = childLinks(parent);
  const shared = new Uint8Array(parent.length);
  // By frame: the last child that had it, and whose child that was.
  const lastChild = new Int32Array(frames);
  const lastParent = new Int32Array(frames).fill(-1);
  for (let node = 0; node < parent.length; node++) {
    for (let child = firstChild[node] ?? 0; child > 0; child = nextSibling[child] ?? 0) {
      const own = frame[child] ?? 0;
      if (lastParent[own] === node) {
        shared[child] = 1;
        shared[lastChild[own] ?? 0] = 1;
      }
      lastParent[own] = node;
      lastChild[own] = child;
    }
  }
  for (let node = 1; node < parent.length; node++) {
    if (shared[parent[node] ?? 0] === 1) shared[node] = 1;
  }
  return shared;
}
