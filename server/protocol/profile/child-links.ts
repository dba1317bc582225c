export interface ChildLinks {
  /** By node: its first child; 0 where it has none, as the root is nobody's child. */
  readonly firstChild: Int32Array;
  /** By node: the next child of its parent; 0 behind the last. */
  readonly nextSibling: Int32Array;
}

/** The children of every node as chains, each in the order of the table. */
export function childLinks(parent: Int32Array): ChildLinks {
  const firstChild = new Int32Array(parent.length);
  const nextSibling = new Int32Array(parent.length);
  for (let node = parent.length - 1; node > 0; node--) {
    const above = parent[node] ?? 0;
    nextSibling[node] = firstChild[above] ?? 0;
    firstChild[above] = node;
  }
  return { firstChild, nextSibling };
}
