import type { CallFrames } from '../call-frames.ts';
import type { JsonCursor } from '../json/json-cursor.ts';
import { readNestedNodes } from '../json/nested-nodes.ts';
import { NodeColumns } from './node-columns.ts';
import {
  emptyCallFrame,
  type MutableCallFrame,
  readCallFrame,
  readFrameField,
  readTicks,
} from './read-node.ts';

/**
 * Reads the tree that Chrome and Node.js wrote before they listed the nodes: each node holds its children. Up to
 * Node.js 6.3 the fields of its function stand beside them, with lines and columns from 1, and 0 where there was none;
 * from 6.4 on they are in a call frame as today, with lines and columns from 0.
 */
export function readHead(cursor: JsonCursor, nodes: NodeColumns, callFrames: CallFrames): void {
  const frames: (MutableCallFrame | undefined)[] = [];
  // The hits of a node may stand behind its children.
  const met = new NodeColumns();
  readNestedNodes(cursor, 'profile.head', {
    open(parent) {
      const position = nodes.length;
      nodes.id.push(Number.NaN);
      nodes.frame.push(-1);
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
      if (key === 'callFrame') {
        nodes.frame.values[position] = callFrames.indexOf(readCallFrame(cursor, 'profile.head: callFrame'));
      } else if (key === 'id') nodes.id.values[position] = cursor.number(() => 'profile.head: id');
      else if (key === 'positionTicks') readTicks(cursor, met, position);
      else return frame !== undefined && readFrameField(cursor, key, frame);
      return true;
    },
    close(position) {
      const frame = frames[position] ?? emptyCallFrame();
      frames[position] = undefined;
      if (Number.isNaN(nodes.id.values[position])) throw cursor.missing('profile.head: id');
      if (nodes.frame.values[position] === -1)
        nodes.frame.values[position] = callFrames.indexOf(fromZero(frame));
    },
  });
  // An id may stand behind the children that name it.
  for (let at = 0; at < nodes.childId.length; at++) {
    nodes.childId.values[at] = nodes.id.values[nodes.childId.values[at] ?? 0] ?? 0;
  }
  addInOrder(met, nodes);
}

function addInOrder({ tickOf, tickLine, ticks }: NodeColumns, nodes: NodeColumns): void {
  const order = Uint32Array.from(tickOf.filled(), (_, at) => at);
  order.sort((a, b) => (tickOf.values[a] ?? 0) - (tickOf.values[b] ?? 0) || a - b);
  for (const at of order) {
    nodes.addTick(tickOf.values[at] ?? 0, tickLine.values[at] ?? 0, ticks.values[at] ?? 0);
  }
}

function fromZero(frame: MutableCallFrame): MutableCallFrame {
  return {
    ...frame,
    lineNumber: Math.max(-1, frame.lineNumber - 1),
    columnNumber: Math.max(-1, frame.columnNumber - 1),
  };
}
