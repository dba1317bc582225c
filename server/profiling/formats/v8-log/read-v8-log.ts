import { ProfileFormatError } from '../../../protocol/profile/profile-format-error.ts';
import type { FileCapture, ReadOptions } from '../file-capture.ts';
import { MAX_TEXT, tooLongText } from '../limits.ts';
import { textLines } from '../text-lines.ts';
import { type CodeEntry, createdCode, libraryCode } from './code-entry.ts';
import { CodeMap } from './code-map.ts';
import { TickStacks } from './tick-stacks.ts';

/**
 * Reads the tick log that `node --prof` and 0x write (`isolate-…-v8.log`). Native code is known by its library only:
 * names inside it would need the symbols of the very machine, which `node --prof-process --preprocess` looks up.
 */
export function readV8Log(bytes: Uint8Array, { name }: ReadOptions): FileCapture {
  const log = new LogReader();
  for (const { text, number } of textLines(bytes)) log.read(text, `line ${number}`);
  return { stacks: log.finish(), facts: { title: name, startedAt: '', source: 'v8-log', ...log.interval } };
}

class LogReader {
  readonly #code = new CodeMap();
  readonly #ticks = new TickStacks();
  interval: { readonly samplingIntervalMicros?: number } = {};

  read(text: string, where: string): void {
    const comma = text.indexOf(',');
    switch (comma === -1 ? text : text.slice(0, comma)) {
      case 'code-creation':
        this.#createCode(text.split(','), where);
        return;
      case 'tick':
        this.#tick(text.split(','), where);
        return;
      case 'code-move': {
        const [, from, to] = text.split(',');
        this.#code.move(number(from, where), number(to, where));
        return;
      }
      case 'code-delete':
        this.#code.delete(number(text.split(',')[1], where));
        return;
      case 'shared-library': {
        const [, path = '', start, end] = text.split(',');
        this.#code.addLibrary(number(start, where), number(end, where), libraryCode(unescaped(path, where)));
        return;
      }
      case 'profiler': {
        const [, what, micros] = text.split(',');
        if (what === 'begin') this.interval = { samplingIntervalMicros: number(micros, where) };
      }
    }
  }

  finish() {
    if (this.#ticks.length > 0) return this.#ticks.build();
    throw new ProfileFormatError('the log', 'there are no ticks in it', {
      advice: 'Record it with node --prof, and let the program run for longer than a few milliseconds.',
    });
  }

  /** `code-creation,JS,10,55410,0x7f6acc000040,596,name,…`; before V8 11, functions have a marker of their tier in front. */
  #createCode([, type = '', , , start, size, name]: readonly string[], where: string): void {
    if (name === undefined) throw cutOff(where);
    const entry = createdCode(type, unescaped(name, where));
    if (!this.#code.add(number(start, where), number(size, where), entry)) {
      throw new ProfileFormatError(where, `code of ${size} bytes is none`);
    }
  }

  /** `tick,pc,microseconds,is external,top of stack or callback,state,stack …` */
  #tick([, pc, micros, isExternal, top, state, ...stack]: readonly string[], where: string): void {
    if (state === undefined) throw cutOff(where);
    const inCallback = number(isExternal, where) === 1;
    // In a callback the program counter may point anywhere: what was called is known.
    const first = number(inCallback ? top : pc, where);
    const code: (CodeEntry | undefined)[] = [this.#code.find(first)];
    const caller = inCallback ? undefined : this.#code.find(number(top, where));
    // A function that has not set up its frame yet stands at the top of the stack.
    if (caller?.kind === 'script') code.push(caller);
    let address = number(pc, where);
    for (const entry of stack) {
      if (entry === 'overflow') continue;
      address =
        entry.startsWith('+') || entry.startsWith('-')
          ? address + offset(entry, where)
          : number(entry, where);
      code.push(this.#code.find(address));
    }
    this.#ticks.add(
      number(micros, where),
      number(state, where),
      code.filter((entry) => entry !== undefined),
    );
  }
}

function offset(text: string, where: string): number {
  return (text.startsWith('-') ? -1 : 1) * number(text.slice(1), where);
}

const NUMBER = /^(?:0x[\da-f]{1,16}|\d{1,16})$/i;

function number(text: string | undefined, where: string): number {
  if (text === undefined) throw cutOff(where);
  if (NUMBER.test(text)) return Number(text);
  throw new ProfileFormatError(where, `${JSON.stringify(text.slice(0, 40))} stands where a number belongs`);
}

function cutOff(where: string): ProfileFormatError {
  return new ProfileFormatError(where, 'it ends too early');
}

/** V8 writes commas, line ends and backslashes of names as `\x2C`, `\n` and `\\`. */
function unescaped(text: string, where: string): string {
  if (text.length > MAX_TEXT) throw tooLongText(where, text.length);
  if (!text.includes('\\')) return text;
  return text.replaceAll(
    /\\(?:x([\da-f]{2})|u([\da-f]{4})|n|\\)/gi,
    (sequence, byte?: string, unit?: string) => {
      const code = byte ?? unit;
      if (code !== undefined) return String.fromCharCode(Number.parseInt(code, 16));
      return sequence === '\\n' ? '\n' : '\\';
    },
  );
}
