import { MAX_DEPTH, tooDeep } from '../limits.ts';
import type { JsonCursor } from './json-cursor.ts';

/** What becomes of nodes that hold their children. */
export interface NestedNodes {
  /** A node begins; `parent` is what `open` gave for the node around it, -1 for the outermost. Gives the node's position. */
  open(parent: number): number;
  /** Whether it read the value of the key. Others are passed over. */
  field(position: number, key: string): boolean;
  close(position: number): void;
}

/**
 * Reads a tree in which each node's object holds those of its children under `children`. Parents are opened before their
 * children. Keeps its own stack, so depth costs no recursion.
 */
export function readNestedNodes(cursor: JsonCursor, where: string, nodes: NestedNodes): void {
  const place = () => `${where} (byte ${cursor.at})`;
  const open: number[] = [];
  const begin = () => {
    if (open.length > MAX_DEPTH) throw tooDeep(place());
    cursor.object(place);
    open.push(nodes.open(open.at(-1) ?? -1));
  };
  begin();
  for (let node = open.at(-1); node !== undefined; node = open.at(-1)) {
    const key = cursor.key();
    if (key === undefined) {
      nodes.close(node);
      open.pop();
      // Behind a child comes its sibling, or the rest of the node around them.
      if (open.length > 0 && cursor.item()) begin();
    } else if (key === 'children' && !cursor.isNull()) {
      cursor.list(place);
      if (cursor.item()) begin();
    } else if (key !== 'children' && !nodes.field(node, key)) cursor.skip();
  }
}
