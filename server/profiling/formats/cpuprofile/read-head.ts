import type { CallFrames } from '../call-frames.ts';
import type { JsonCursor } from '../json/json-cursor.ts';
import { readNestedNodes } from '../json/nested-nodes.ts';
import type { NodeColumns } from './node-columns.ts';
import { emptyCallFrame, type MutableCallFrame, readFrameField } from './read-node.ts';

/**
 * Reads the tree that Chrome wrote before 2016: each node holds its children, with the fields of its function beside
 * them. Lines and columns counted from 1 there, 0 where there was none.
 */
export function readHead(cursor: JsonCursor, nodes: NodeColumns, callFrames: CallFrames): void {
  const frames: (MutableCallFrame | undefined)[] = [];
  readNestedNodes(cursor, 'profile.head', {
    open(parent) {
      const position = nodes.length;
      nodes.id.push(Number.NaN);
      nodes.frame.push(0);
      nodes.parent.push(Number.NaN);
      if (parent >= 0) {
        nodes.childOf.push(parent);
        nodes.childId.push(position);
      }
      frames[position] = emptyCallFrame();
      return position;
    },
    field(position, key) {
      const frame = frames[position];
      if (key !== 'id') return frame !== undefined && readFrameField(cursor, key, frame);
      nodes.id.values[position] = cursor.number(() => 'profile.head: id');
      return true;
    },
    close(position) {
      const frame = frames[position] ?? emptyCallFrame();
      frames[position] = undefined;
      if (Number.isNaN(nodes.id.values[position])) throw cursor.missing('profile.head: id');
      nodes.frame.values[position] = callFrames.indexOf({
        ...frame,
        lineNumber: Math.max(-1, frame.lineNumber - 1),
        columnNumber: Math.max(-1, frame.columnNumber - 1),
      });
    },
  });
  // An id may stand behind the children that name it.
  for (let at = 0; at < nodes.childId.length; at++) {
    nodes.childId.values[at] = nodes.id.values[nodes.childId.values[at] ?? 0] ?? 0;
  }
}
