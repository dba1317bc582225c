import { ProfileFormatError } from '../../../protocol/profile/profile-format-error.ts';
import { frameText } from '../call-frames.ts';
import type { FileCapture, ReadOptions } from '../file-capture.ts';
import { GrowingFloats } from '../growing-column.ts';
import { expectNumber, expectObject } from '../json/json-checks.ts';
import { JsonCursor } from '../json/json-cursor.ts';
import {
  MAX_NODES,
  MAX_SAMPLES,
  MAX_STACK_ENTRIES,
  tooManyEntries,
  tooManyNodes,
  tooManySamples,
} from '../limits.ts';
import { type CodeEntry, createdCode, libraryCode } from './code-entry.ts';
import { TickStacks } from './tick-stacks.ts';

/**
 * Reads what `node --prof-process --preprocess` makes of a tick log (0x keeps it as `isolate-…-v8.log.json`): code with
 * the names of native functions, and ticks that point to it.
 */
export function readPreprocessedLog(bytes: Uint8Array, { name }: ReadOptions): FileCapture {
  const cursor = new JsonCursor(bytes);
  let ticks = new TickColumns();
  let code: readonly CodeEntry[] | undefined;
  cursor.object('the file');
  for (let key = cursor.key(); key !== undefined; key = cursor.key()) {
    if (key === 'code') code = readCode(cursor);
    else if (key === 'ticks') {
      ticks = new TickColumns();
      ticks.read(cursor);
    } else cursor.skip();
  }
  cursor.end();
  if (code === undefined) throw cursor.missing('code');
  if (ticks.time.length === 0) throw new ProfileFormatError('ticks', 'there are none');
  return { stacks: ticks.stacks(code), facts: { title: name, startedAt: '', source: 'v8-log' } };
}

function readCode(cursor: JsonCursor): CodeEntry[] {
  const code: CodeEntry[] = [];
  cursor.list('code');
  while (cursor.item()) {
    const where = `code[${code.length}]`;
    if (code.length >= MAX_NODES) throw tooManyNodes('code')();
    const { name, type, kind } = expectObject(where, cursor.value());
    if (typeof name !== 'string') throw new ProfileFormatError(`${where}.name`, 'it is no text');
    if (type === 'SHARED_LIB') code.push(libraryCode(name));
    else code.push(createdCode(frameText(type === 'CODE' ? kind : type), name));
  }
  return code;
}

/** The ticks in columns; stacks one after the other. */
class TickColumns {
  readonly time = new GrowingFloats(MAX_SAMPLES, tooManySamples('ticks'));
  readonly #state = new GrowingFloats(MAX_SAMPLES, tooManySamples('ticks'));
  readonly #end = new GrowingFloats(MAX_SAMPLES, tooManySamples('ticks'));
  /** Index of code and offset in it, alternating, the innermost first. */
  readonly #stack = new GrowingFloats(MAX_STACK_ENTRIES, tooManyEntries('ticks'));

  read(cursor: JsonCursor): void {
    cursor.list('ticks');
    while (cursor.item()) {
      const where = `ticks[${this.time.length}]`;
      const start = this.#stack.length;
      let time: unknown;
      let state: unknown;
      cursor.object(where);
      for (let key = cursor.key(); key !== undefined; key = cursor.key()) {
        if (key === 'tm') time = cursor.value();
        else if (key === 'vm') state = cursor.value();
        else if (key === 's') {
          this.#stack.length = start;
          cursor.numbers(this.#stack, `${where}.s`);
        } else cursor.skip();
      }
      this.time.push(expectNumber(`${where}.tm`, time));
      this.#state.push(expectNumber(`${where}.vm`, state));
      this.#end.push(this.#stack.length);
    }
  }

  stacks(code: readonly CodeEntry[]) {
    const ticks = new TickStacks();
    let start = 0;
    for (let tick = 0; tick < this.time.length; tick++) {
      const stack: CodeEntry[] = [];
      const end = this.#end.values[tick] ?? 0;
      for (let at = start; at < end; at += 2) {
        const index = this.#stack.values[at] ?? -1;
        // An address in no code that was known.
        if (index === -1) continue;
        const entry = code[index];
        if (entry === undefined)
          throw new ProfileFormatError(`ticks[${tick}].s`, `there is no code ${index}`);
        stack.push(entry);
      }
      ticks.add(this.time.values[tick] ?? 0, this.#state.values[tick] ?? 0, stack);
      start = end;
    }
    return ticks.build();
  }
}
