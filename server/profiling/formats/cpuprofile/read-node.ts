import { type CallFrames, framePlace, frameText } from '../call-frames.ts';
import type { JsonCursor } from '../json/json-cursor.ts';
import { StretchTable } from '../json/text-table.ts';
import type { NodeColumns } from './node-columns.ts';

/** Reads the nodes of a `.cpuprofile` from its bytes into columns. */
export class NodeReader {
  readonly #cursor: JsonCursor;
  readonly #nodes: NodeColumns;
  readonly #callFrames: CallFrames;
  /** Call frames are written again for every node of a function: equal bytes are read once. */
  readonly #frameTexts = new StretchTable();
  readonly #frames: number[] = [];

  constructor(cursor: JsonCursor, nodes: NodeColumns, callFrames: CallFrames) {
    this.#cursor = cursor;
    this.#nodes = nodes;
    this.#callFrames = callFrames;
  }

  readList(): void {
    this.#cursor.list('profile.nodes');
    while (this.#cursor.item()) this.#readNode();
  }

  #readNode(): void {
    const cursor = this.#cursor;
    const nodes = this.#nodes;
    const at = nodes.length;
    let id = Number.NaN;
    let parent = Number.NaN;
    let frame = -1;
    cursor.object(() => `profile.nodes[${at}]`);
    for (let key = cursor.key(); key !== undefined; key = cursor.key()) {
      if (key === 'id') id = cursor.number(() => `profile.nodes[${at}].id`);
      else if (key === 'callFrame') frame = this.#readFrame(at);
      else if (key === 'children') this.#readChildren(at);
      else if (key === 'parent') parent = this.#numberOrNone(() => `profile.nodes[${at}].parent`);
      else if (key === 'positionTicks') readTicks(cursor, nodes, at);
      else cursor.skip();
    }
    if (Number.isNaN(id)) throw cursor.missing(`profile.nodes[${at}].id`);
    if (frame === -1) throw cursor.missing(`profile.nodes[${at}].callFrame`);
    nodes.id.push(id);
    nodes.frame.push(frame);
    nodes.parent.push(parent);
  }

  #numberOrNone(where: () => string): number {
    return this.#cursor.isNull() ? Number.NaN : this.#cursor.number(where);
  }

  #readFrame(at: number): number {
    const cursor = this.#cursor;
    if (!cursor.isObject()) cursor.object(() => `profile.nodes[${at}].callFrame`);
    const start = cursor.at;
    cursor.skip();
    const { index, isNew } = this.#frameTexts.find(cursor.bytes, start, cursor.at);
    if (!isNew) return this.#frames[index] ?? 0;
    cursor.at = start;
    const frame = this.#callFrames.indexOf(readCallFrame(cursor, `profile.nodes[${at}].callFrame`));
    this.#frames[index] = frame;
    return frame;
  }

  #readChildren(at: number): void {
    const cursor = this.#cursor;
    if (cursor.isNull()) return;
    const where = () => `profile.nodes[${at}].children`;
    cursor.list(where);
    while (cursor.item()) {
      this.#nodes.childOf.push(at);
      this.#nodes.childId.push(cursor.number(where));
    }
  }
}

/** Reads the hits on the lines of the node at a position. */
export function readTicks(cursor: JsonCursor, nodes: NodeColumns, at: number): void {
  if (cursor.isNull()) return;
  const where = () => `profile.nodes[${at}].positionTicks`;
  cursor.list(where);
  while (cursor.item()) {
    let line = -1;
    let ticks = 0;
    cursor.object(where);
    for (let key = cursor.key(); key !== undefined; key = cursor.key()) {
      if (key === 'line') line = framePlace(cursor.value());
      else if (key === 'ticks') ticks = framePlace(cursor.value());
      else cursor.skip();
    }
    nodes.addTick(at, line, ticks);
  }
}

/** A `Runtime.CallFrame`; what is missing or of another type counts as unknown. */
export function readCallFrame(cursor: JsonCursor, where: string) {
  const frame = emptyCallFrame();
  cursor.object(where);
  for (let key = cursor.key(); key !== undefined; key = cursor.key()) {
    if (!readFrameField(cursor, key, frame)) cursor.skip();
  }
  return frame;
}

export function emptyCallFrame(): MutableCallFrame {
  return { functionName: '', scriptId: '', url: '', lineNumber: -1, columnNumber: -1 };
}

export interface MutableCallFrame {
  functionName: string;
  scriptId: string;
  url: string;
  lineNumber: number;
  columnNumber: number;
}

/** Whether the key was one of a call frame; then its value is read. */
export function readFrameField(cursor: JsonCursor, key: string, frame: MutableCallFrame): boolean {
  switch (key) {
    case 'functionName':
    case 'scriptId':
    case 'url':
      frame[key] = cursor.isText() ? cursor.text() : frameText(cursor.value());
      return true;
    case 'lineNumber':
    case 'columnNumber':
      frame[key] = framePlace(cursor.value());
      return true;
    default:
      return false;
  }
}
