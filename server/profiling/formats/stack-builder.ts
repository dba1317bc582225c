import { PairTable } from '../../protocol/profile/pair-table.ts';
import { ProfileFormatError } from '../../protocol/profile/profile-format-error.ts';
import type { CapturedSamples, CapturedStacks } from '../captured-stacks.ts';
import { CallFrames } from './call-frames.ts';
import { GrowingFloats, GrowingIntegers } from './growing-column.ts';
import { MAX_NODES, MAX_SAMPLES, MAX_SPAN_MICROS, tooManyNodes, tooManySamples } from './limits.ts';

/** No line ticks: other tools than V8 count functions. */
export const NO_TICKS = {
  length: 0,
  node: new Uint32Array(0),
  line: new Uint32Array(0),
  ticks: new Uint32Array(0),
};

/** Makes one call tree of stacks that a file writes out, and collects its samples. Node 0 is the root. */
export class StackBuilder {
  readonly callFrames = new CallFrames();
  readonly #parent: GrowingIntegers;
  readonly #frame: GrowingIntegers;
  readonly #node: GrowingIntegers;
  /** Weights, or times. */
  readonly #amount: GrowingFloats;
  readonly #children = new PairTable();
  readonly #where: string;

  /** `where` names the part of the file that holds the stacks. */
  constructor(where: string) {
    this.#where = where;
    this.#parent = new GrowingIntegers(MAX_NODES, tooManyNodes(where));
    this.#frame = new GrowingIntegers(MAX_NODES, tooManyNodes(where));
    this.#node = new GrowingIntegers(MAX_SAMPLES, tooManySamples(where));
    this.#amount = new GrowingFloats(MAX_SAMPLES, tooManySamples(where));
    this.#parent.push(-1);
    this.#frame.push(this.callFrames.root());
  }

  /** The node of a frame called by another node's; made when it is new. `frame` is an index into the call frames. */
  child(parent: number, frame: number): number {
    const next = this.#parent.length;
    const node = this.#children.getOrSet(parent, frame, next);
    if (node === next) {
      this.#parent.push(parent);
      this.#frame.push(frame);
    }
    return node;
  }

  /** A sample with its weight, or with its time: one kind for all of a file. */
  addSample(node: number, amount: number): void {
    this.#node.push(node);
    this.#amount.push(amount);
  }

  /** The samples one after the other, each as wide as its weight. */
  weighed(where: string): CapturedStacks {
    const weight = this.#amount.filled();
    const time = new Float64Array(weight.length);
    let end = 0;
    for (let at = 0; at < weight.length; at++) {
      time[at] = end;
      end += weight[at] ?? 0;
    }
    // Microseconds, bytes or samples: beyond this they would not add up exactly.
    if (!(end <= Number.MAX_SAFE_INTEGER)) {
      throw new ProfileFormatError(where, `the samples add up to ${end}, which is no sum of a profile`);
    }
    return this.#stacks({ ...this.#samples(time), weight }, { startMicros: 0, endMicros: end });
  }

  /** The samples at their times, which must not fall. */
  timed(span: { readonly startMicros: number; readonly endMicros: number }): CapturedStacks {
    const micros = span.endMicros - span.startMicros;
    if (!(micros <= MAX_SPAN_MICROS)) {
      throw new ProfileFormatError(this.#where, `${micros} µs lie between them, which no clock shows`);
    }
    return this.#stacks(this.#samples(this.#amount.filled()), span);
  }

  #samples(time: Float64Array): CapturedSamples {
    return { length: time.length, time, node: Uint32Array.from(this.#node.filled()) };
  }

  #stacks(
    samples: CapturedSamples,
    span: { readonly startMicros: number; readonly endMicros: number },
  ): CapturedStacks {
    const nodes = {
      length: this.#parent.length,
      parent: this.#parent.filled(),
      frame: Uint32Array.from(this.#frame.filled()),
    };
    return { ...span, callFrames: this.callFrames.list, nodes, samples, lineTicks: NO_TICKS };
  }
}
