import type { Profile } from '../../../protocol/profile/profile.ts';
import { OutputSink } from '../output-sink.ts';
import { ToldStacks } from '../told-stacks.ts';
import { textOfFrame } from './frame-text.ts';

/**
 * A profile as collapsed stacks: each stack once, with what it took itself in whole units of the profile (microseconds,
 * bytes or samples). The rounding of one line is carried into the next, so that the sum is right to one unit. The root
 * alone has no stack: it is written as `(root)`.
 */
export function writeCollapsed(profile: Profile): Uint8Array {
  const stacks = new ToldStacks(profile);
  const texts = stacks.frames.map(textOfFrame);
  const sink = new OutputSink('collapsed stacks');
  let exact = 0;
  let written = 0;
  for (const { row, amount } of sumsByStack(profile)) {
    exact += amount;
    const count = Math.round(exact) - written;
    written += count;
    const stack = stacks.of(row).map((frame) => texts[frame] ?? '');
    sink.text(`${stack.length === 0 ? '(root)' : stack.join(';')} ${count}\n`);
  }
  return sink.written();
}

interface StackSum {
  /** A row that has the stack. */
  readonly row: number;
  amount: number;
}

/** In the order in which the stacks were first seen. */
function sumsByStack({ samples, operations }: Profile): Iterable<StackSum> {
  const sums = new Map<string, StackSum>();
  for (let row = 0; row < samples.length; row++) {
    const operation = samples.operation[row] ?? -1;
    const handler = operation < 0 ? '' : `${operations.handler[operation]} ${samples.phase[row]}`;
    const key = `${handler} ${samples.captured[row] === 1 ? samples.node[row] : 'none'}`;
    const sum = sums.get(key);
    if (sum === undefined) sums.set(key, { row, amount: samples.duration[row] ?? 0 });
    else sum.amount += samples.duration[row] ?? 0;
  }
  return sums.values();
}
