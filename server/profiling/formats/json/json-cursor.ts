import { ProfileFormatError } from '../../../protocol/profile/profile-format-error.ts';
import type { GrowingFloats } from '../growing-column.ts';
import {
  CLOSE_LIST,
  CLOSE_OBJECT,
  COLON,
  COMMA,
  END,
  isBlank,
  isDigit,
  isNumberPart,
  MINUS,
  OPEN_LIST,
  OPEN_OBJECT,
  QUOTE,
} from './json-bytes.ts';
import { type Where, whereText } from './json-checks.ts';
import { skipJson, skipText } from './skip-json.ts';
import { TextTable } from './text-table.ts';

/**
 * Reads JSON from bytes, value after value, without making objects of what is not asked for: `JSON.parse` of a
 * 100 MB profile holds a gigabyte. Faults are `ProfileFormatError`s that name the byte. Call `object` or `list`, then
 * `key` or `item` until there is none; behind each key and item exactly one value must be read or skipped.
 */
export class JsonCursor {
  at = 0;
  readonly bytes: Uint8Array;
  readonly #texts: TextTable;
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  /** Right behind an opening bracket, where no comma is due. */
  #isFirst = false;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.#texts = new TextTable(bytes);
  }

  /** The first byte of what comes next; -1 at the end. */
  peek(): number {
    const { bytes } = this;
    let { at } = this;
    while (at < bytes.length && isBlank(bytes[at])) at++;
    this.at = at;
    return bytes[at] ?? END;
  }

  object(where: Where): void {
    this.#open(OPEN_OBJECT, where, 'an object');
  }

  list(where: Where): void {
    this.#open(OPEN_LIST, where, 'a list');
  }

  isObject(): boolean {
    return this.peek() === OPEN_OBJECT;
  }

  isText(): boolean {
    return this.peek() === QUOTE;
  }

  isList(): boolean {
    return this.peek() === OPEN_LIST;
  }

  /** Reads over a `null`, which tools write where they have no value. */
  isNull(): boolean {
    if (this.peek() !== 0x6e) return false;
    this.skip();
    return true;
  }

  /** The next key of the open object; undefined behind its end. */
  key(): string | undefined {
    if (!this.#next(CLOSE_OBJECT)) return undefined;
    if (this.peek() !== QUOTE) throw this.fault('a key belongs here');
    const key = this.text();
    if (this.peek() !== COLON) throw this.fault('a colon belongs here');
    this.at++;
    return key;
  }

  /** Whether the open list has one more entry. */
  item(): boolean {
    return this.#next(CLOSE_LIST);
  }

  /** A finite number. */
  number(where: Where): number {
    const first = this.peek();
    if (first !== MINUS && !isDigit(first)) throw this.#unexpected(where, 'a number');
    const { bytes } = this;
    const start = this.at + (first === MINUS ? 1 : 0);
    let at = start;
    let value = 0;
    let digit = (bytes[at] ?? 0) - 0x30;
    // Up to 15 digits add up exactly.
    while (digit >= 0 && digit <= 9 && at - start < 15) {
      value = value * 10 + digit;
      digit = (bytes[++at] ?? 0) - 0x30;
    }
    const isPlain = at > start && !isNumberPart(bytes[at]) && (at === start + 1 || bytes[start] !== 0x30);
    if (!isPlain) return this.#longNumber(where);
    this.at = at;
    return first === MINUS ? -value : value;
  }

  text(): string {
    const { bytes } = this;
    if (this.peek() !== QUOTE) throw this.fault('a text belongs here');
    const start = this.at + 1;
    this.at = skipText(bytes, this.at, this.#faultAt);
    const end = this.at - 1;
    return this.#texts.at(start, end, () => {
      const raw = this.#decoder.decode(bytes.subarray(start, end));
      return raw.includes('\\') ? String(this.#parse(start - 1, end + 1)) : raw;
    });
  }

  /** All numbers of a list, into a column. */
  numbers(column: GrowingFloats, where: string): void {
    this.list(where);
    const { bytes } = this;
    while (this.item()) {
      // Short whole numbers are nearly all there are; every other one takes the long way.
      let at = this.at;
      let digit = (bytes[at] ?? 0) - 0x30;
      let value = 0;
      const start = at;
      while (digit >= 0 && digit <= 9 && at - start < 15) {
        value = value * 10 + digit;
        digit = (bytes[++at] ?? 0) - 0x30;
      }
      const isWhole = at > start && (bytes[at] === COMMA || bytes[at] === CLOSE_LIST);
      const isShort = isWhole && (at === start + 1 || bytes[start] !== 0x30);
      if (isShort) this.at = at;
      else value = this.number(() => `${where}[${column.length}]`);
      if (column.length === column.values.length) column.grow();
      column.values[column.length++] = value;
    }
  }

  /** Any value, as `JSON.parse` makes it. */
  value(): unknown {
    this.peek();
    const start = this.at;
    this.skip();
    return this.#parse(start, this.at);
  }

  /** Passes over one value, which must be as good JSON as one that is read. */
  skip(): void {
    this.at = skipJson(this.bytes, this.at, this.#faultAt);
    this.#isFirst = false;
  }

  /** Refuses anything but blanks behind the value. */
  end(): void {
    if (this.peek() !== END) throw this.fault('something stands behind the end of the JSON');
  }

  /** What to throw when a field did not come. */
  missing(where: string): ProfileFormatError {
    return new ProfileFormatError(where, 'it is missing');
  }

  fault(problem: string, cause?: unknown): ProfileFormatError {
    const cut = this.at >= this.bytes.length ? 'the text ends in the middle' : undefined;
    return new ProfileFormatError(`byte ${this.at}`, cut ?? problem, { cause });
  }

  readonly #faultAt = (at: number, problem: string) => {
    this.at = at;
    return this.fault(problem);
  };

  #open(bracket: number, where: Where, expected: string): void {
    if (this.peek() !== bracket) throw this.#unexpected(where, expected);
    this.at++;
    this.#isFirst = true;
  }

  #next(close: number): boolean {
    const isFirst = this.#isFirst;
    this.#isFirst = false;
    const byte = this.peek();
    if (byte === close) {
      this.at++;
      return false;
    }
    if (isFirst) return true;
    if (byte !== COMMA) throw this.fault('a comma or a closing bracket belongs here');
    this.at++;
    this.peek();
    return true;
  }

  #longNumber(where: Where): number {
    const start = this.at;
    this.at = skipJson(this.bytes, start, this.#faultAt);
    const value = this.#parse(start, this.at);
    if (typeof value === 'number' && Number.isFinite(value)) return value;
    this.at = start;
    throw this.#unexpected(where, 'a number');
  }

  #parse(start: number, end: number): unknown {
    try {
      return JSON.parse(this.#decoder.decode(this.bytes.subarray(start, end)));
    } catch (cause) {
      this.at = start;
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw this.fault(`it is no JSON (${reason.slice(0, 200)})`, cause);
    }
  }

  #unexpected(where: Where, expected: string): ProfileFormatError {
    if (this.peek() === END) return this.fault('');
    const problem = `${this.#kind()} stands where ${expected} belongs`;
    return new ProfileFormatError(`${whereText(where)} (byte ${this.at})`, problem);
  }

  #kind(): string {
    const byte = this.bytes[this.at] ?? END;
    if (byte === OPEN_OBJECT) return 'an object';
    if (byte === OPEN_LIST) return 'a list';
    if (byte === QUOTE) return 'a string';
    if (byte === 0x6e) return 'null';
    return byte === MINUS || isDigit(byte) ? 'a number out of range' : 'something else';
  }
}
