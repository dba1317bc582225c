import { ProfileFormatError } from '../../../protocol/profile/profile-format-error.ts';
import type { FileCapture, ReadOptions } from '../file-capture.ts';
import { MAX_TEXT, tooLongText } from '../limits.ts';
import { StackBuilder } from '../stack-builder.ts';
import { type TextLine, textLines } from '../text-lines.ts';
import { frameOfText } from './frame-text.ts';

/**
 * Reads collapsed stacks (`main;handle;parse 12`, as flame graph scripts and `perf` converters write them): a stack from
 * the outermost call to the innermost and how often it was seen, or the stack alone for one that was seen once. The
 * first line decides; a line of the other kind is refused. Frames may tell their place: `handle (loans.ts:12)`.
 */
export function readCollapsed(bytes: Uint8Array, { name }: ReadOptions): FileCapture {
  const reader = new CollapsedReader();
  for (const line of textLines(bytes)) {
    if (line.text.trim() !== '') reader.read(line);
  }
  return {
    stacks: reader.finish(),
    facts: { title: name, startedAt: '', source: 'collapsed', unit: 'samples' },
  };
}

class CollapsedReader {
  readonly #builder = new StackBuilder('the stacks');
  readonly #frames = new Map<string, number>();
  /** Lines read, and those with something that only stacks have. */
  #lines = 0;
  #stacks = 0;
  #pairs = 0;
  #hasCounts: boolean | undefined;

  read({ text, number }: TextLine): void {
    const where = `line ${number}`;
    const { counted, count } = withCount(text) ?? {};
    if (count === undefined) expectNoBadCount(text, where);
    this.#hasCounts ??= count !== undefined;
    if (this.#hasCounts !== (count !== undefined)) throw mixed(where, this.#hasCounts);
    // Two counts: the input of a differential flame graph.
    if (counted !== undefined && withCount(counted) !== undefined) this.#pairs++;
    if (count === undefined) expectStackAlone(text.trim(), where);
    const stack = counted ?? text.trim();
    const weight = count === undefined ? 1 : Number(count);
    if (!(weight <= Number.MAX_SAFE_INTEGER)) throw new ProfileFormatError(where, `${count} is no count`);
    this.#lines++;
    if (/;\s*\S/.test(stack)) this.#stacks++;
    this.#builder.addSample(this.#nodeOf(stack, where), weight);
  }

  finish() {
    if (this.#lines === 0) throw new ProfileFormatError('line 1', 'there are no stacks');
    if (this.#pairs === this.#lines) {
      throw new ProfileFormatError('line 1', 'it compares two profiles: there are two counts in every line', {
        advice: 'Open the two profiles one by one.',
      });
    }
    // Any text is a list of frames without counts: that it is one of stacks must be seen.
    if (this.#hasCounts !== true && this.#stacks * 2 < this.#lines) {
      throw onlyText('line 1');
    }
    return this.#builder.weighed('the counts');
  }

  #nodeOf(stack: string, where: string): number {
    let node = 0;
    for (const text of stack.split(';')) {
      if (text.length > MAX_TEXT) throw tooLongText(where, text.length);
      node = this.#builder.child(node, this.#frameOf(text));
    }
    return node;
  }

  #frameOf(text: string): number {
    const known = this.#frames.get(text);
    if (known !== undefined) return known;
    const frame = this.#builder.callFrames.indexOf(frameOfText(text));
    this.#frames.set(text, frame);
    return frame;
  }
}

/**
 * The stack and the count behind it; undefined where there is none. From the end, letter by letter: an expression with
 * two repetitions would try each of many blanks as the one before the count.
 */
function withCount(line: string): { readonly counted: string; readonly count: string } | undefined {
  const text = line.trimEnd();
  let start = text.length;
  while (start > 0 && COUNT_LETTER.test(text.charAt(start - 1))) start--;
  const count = text.slice(start);
  if (!COUNT.test(count) || !/\s/.test(text.charAt(start - 1))) return undefined;
  return { counted: text.slice(0, start).trimEnd(), count };
}

const COUNT_LETTER = /[\d.]/;
const COUNT = /^\d+(?:\.\d+)?$/;

/** A last word that is meant as a number, though not as one that counts. */
const BAD_COUNT = /\s([-+−]\d[\d.,_]*(?:e[-+]?\d+)?|\d[\d.,_]*(?:e[-+]?\d+)?|[-+]?(?:nan|inf|infinity))$/i;

function expectNoBadCount(line: string, where: string): void {
  const [, count] = BAD_COUNT.exec(line.trimEnd().slice(-LONGEST_COUNT)) ?? [];
  if (count !== undefined) throw new ProfileFormatError(where, `${count} is no count`);
}

const LONGEST_COUNT = 400;

/** A line without a count may be a stack that was seen once, but no sentence. */
function expectStackAlone(text: string, where: string): void {
  // The names of what is no function are in brackets and may have blanks: "(garbage collector)".
  if (!text.includes(';') && /\s/.test(text) && !/^[([].*[)\]]$/s.test(text)) throw onlyText(where);
}

function onlyText(where: string): ProfileFormatError {
  return new ProfileFormatError(where, 'it is text, but neither stacks nor counts', {
    advice: 'Collapsed stacks have one stack in a line, as "main;handle;parse 12".',
  });
}

function mixed(where: string, hasCounts: boolean): ProfileFormatError {
  const problem = hasCounts
    ? 'there is no count behind the stack, as in the lines before'
    : 'there is a count behind the stack, and none in the lines before';
  return new ProfileFormatError(where, problem, {
    advice: 'Every line needs "stack count", or none has a count.',
  });
}
