import { GrowingFloats, GrowingIntegers } from '../growing-column.ts';
import { MAX_NODES, tooManyNodes } from '../limits.ts';

const WHERE = 'profile.nodes';

/** The nodes of a `.cpuprofile` as they stand in the file, in columns. A position is a place in the file's order. */
export class NodeColumns {
  readonly id = new GrowingFloats(MAX_NODES, tooManyNodes(WHERE));
  /** Index into the call frames. */
  readonly frame = new GrowingIntegers(MAX_NODES, tooManyNodes(WHERE));
  /** Id of the parent; NaN where the node names none. */
  readonly parent = new GrowingFloats(MAX_NODES, tooManyNodes(WHERE));
  /** The children that nodes name: position of the node and id of the child. */
  readonly childOf = new GrowingIntegers(MAX_NODES, tooManyNodes(`${WHERE}.children`));
  readonly childId = new GrowingFloats(MAX_NODES, tooManyNodes(`${WHERE}.children`));
  /** Line ticks: position of the node, never falling, 1-based line, ticks. */
  readonly tickOf = new GrowingIntegers(MAX_TICKS, tooManyNodes(`${WHERE}.positionTicks`));
  readonly tickLine = new GrowingIntegers(MAX_TICKS, tooManyNodes(`${WHERE}.positionTicks`));
  readonly ticks = new GrowingIntegers(MAX_TICKS, tooManyNodes(`${WHERE}.positionTicks`));

  get length(): number {
    return this.id.length;
  }

  /** V8 counts lines from 1; 0 is a tick without a place. */
  addTick(position: number, line: number, ticks: number): void {
    if (line < 1) return;
    this.tickOf.push(position);
    this.tickLine.push(line);
    this.ticks.push(Math.max(0, ticks));
  }
}

const MAX_TICKS = 4 * MAX_NODES;
