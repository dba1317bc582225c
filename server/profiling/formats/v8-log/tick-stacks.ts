import type { CapturedStacks } from '../../captured-stacks.ts';
import { metaFrame } from '../call-frames.ts';
import { GrowingFloats, GrowingIntegers } from '../growing-column.ts';
import { MAX_SAMPLES, tooManySamples } from '../limits.ts';
import { StackBuilder } from '../stack-builder.ts';
import type { CodeEntry } from './code-entry.ts';
import { sleptBetweenTicks } from './slept-between-ticks.ts';

const IDLE = '(idle)';

/** What the machine was doing at a tick; V8's `StateTag`. Code of the script, of V8 and of Node.js stays as it is. */
const STATES = new Map<number, string>([
  [1, '(garbage collector)'],
  [2, '(parser)'],
  [3, '(compiler)'],
  [4, '(compiler)'],
  [7, IDLE], // Atomics.wait
  [8, IDLE],
]);

/** Makes stacks of ticks. */
export class TickStacks {
  readonly #builder = new StackBuilder('the ticks');
  /** Index into the call frames by code; one function's code of all tiers is one frame. */
  readonly #frames = new Map<CodeEntry, number>();
  readonly #node = new GrowingIntegers(MAX_SAMPLES, tooManySamples('the ticks'));
  readonly #time = new GrowingFloats(MAX_SAMPLES, tooManySamples('the ticks'));
  /** 1 where V8 was idle. */
  readonly #idle = new GrowingIntegers(MAX_SAMPLES, tooManySamples('the ticks'));
  #end = 0;

  /** A tick at a time in microseconds; its stack has the innermost code first, without what is not known. */
  add(micros: number, state: number, stack: readonly CodeEntry[]): void {
    const instead = STATES.get(state);
    let node = 0;
    for (let at = stack.length - 1; at >= 0; at--) {
      const code = stack[at];
      if (code === undefined || !isShown(code, at, instead !== undefined)) continue;
      node = this.#builder.child(node, this.#frameOf(code));
    }
    if (instead !== undefined) node = this.#meta(node, instead);
    else if (node === 0) node = this.#meta(node, '(program)');
    this.#node.push(node);
    this.#time.push(micros);
    this.#idle.push(instead === IDLE ? 1 : 0);
    this.#end = Math.max(this.#end, micros);
  }

  get length(): number {
    return this.#time.length;
  }

  /** The ticks, with idle ones where the process slept. */
  build(): CapturedStacks {
    const { length, values: time } = this.#time;
    const addSlept = sleptBetweenTicks({ length, time, idle: this.#idle.values });
    const addIdle = (micros: number) => this.#builder.addSample(this.#meta(0, IDLE), micros);
    for (let tick = 0; tick < length; tick++) {
      addSlept(tick, addIdle);
      this.#builder.addSample(this.#node.values[tick] ?? 0, time[tick] ?? 0);
    }
    return this.#builder.timed({ startMicros: time[0] ?? 0, endMicros: this.#end });
  }

  #meta(node: number, name: string): number {
    return this.#builder.child(node, this.#builder.callFrames.indexOf(metaFrame(name)));
  }

  #frameOf(code: CodeEntry): number {
    const known = this.#frames.get(code);
    if (known !== undefined) return known;
    const frame = this.#builder.callFrames.indexOf(code.frame);
    this.#frames.set(code, frame);
    return frame;
  }
}

/**
 * The machine's own code at the end of a stack is what the state says. Handlers of bytecodes are how the interpreter
 * runs the function above them.
 */
function isShown(code: CodeEntry, at: number, hasState: boolean): boolean {
  if (code.kind === 'handler') return false;
  return code.kind === 'script' || !(hasState && at === 0);
}
