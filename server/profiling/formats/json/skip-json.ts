import {
  BACKSLASH,
  CLOSE_LIST,
  CLOSE_OBJECT,
  COLON,
  COMMA,
  END,
  isBlank,
  isDigit,
  MINUS,
  OPEN_LIST,
  OPEN_OBJECT,
  QUOTE,
} from './json-bytes.ts';

/** Lists and objects inside each other. */
const MAX_NESTING = 100_000;

/** Makes what is thrown where the JSON is none. */
export type FaultAt = (at: number, problem: string) => Error;

/**
 * The index behind the value that begins at `at`, which must be as strict JSON as `JSON.parse` wants it (but for bytes
 * that are no UTF-8). Makes no object, and keeps its own stack, so that depth costs no recursion.
 */
export function skipJson(bytes: Uint8Array, at: number, fault: FaultAt): number {
  const closing: number[] = [];
  let next = at;
  do {
    next = skipBlanks(bytes, next);
    const byte = bytes[next] ?? END;
    if (byte === OPEN_LIST || byte === OPEN_OBJECT) {
      // Opening and closing brackets lie two apart in ASCII.
      closing.push(byte + 2);
      if (closing.length > MAX_NESTING) throw fault(next, `brackets stand ${MAX_NESTING} deep`);
      next = skipBlanks(bytes, next + 1);
      if (bytes[next] !== byte + 2) {
        if (byte === OPEN_OBJECT) next = skipKey(bytes, next, fault);
        continue;
      }
    } else if (byte === QUOTE) next = skipText(bytes, next, fault);
    else next = skipWord(bytes, next, fault);
    next = skipToNextValue(bytes, next, { closing, fault });
  } while (closing.length > 0);
  return next;
}

/** The index behind the text whose quote stands at `at`. */
export function skipText(bytes: Uint8Array, at: number, fault: FaultAt): number {
  let next = at + 1;
  let byte = bytes[next] ?? END;
  while (byte !== QUOTE) {
    if (byte < 0x20) throw fault(next, 'a text holds a control character');
    if (byte === BACKSLASH) next = skipEscape(bytes, next, fault);
    byte = bytes[++next] ?? END;
  }
  return next + 1;
}

/** Behind a value: over closing brackets, and over the comma, and a key, that lead to the next one. */
function skipToNextValue(
  bytes: Uint8Array,
  at: number,
  { closing, fault }: { readonly closing: number[]; readonly fault: FaultAt },
): number {
  let next = at;
  while (closing.length > 0) {
    next = skipBlanks(bytes, next);
    const byte = bytes[next];
    const close = closing.at(-1);
    if (byte === close) closing.pop();
    else if (byte === COMMA && close === CLOSE_OBJECT) {
      return skipKey(bytes, skipBlanks(bytes, next + 1), fault);
    } else if (byte === COMMA) return next + 1;
    else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) {
      throw fault(next, 'a bracket closes what was not opened');
    } else throw fault(next, 'a comma or a closing bracket belongs here');
    next++;
  }
  return next;
}

function skipBlanks(bytes: Uint8Array, at: number): number {
  let next = at;
  while (isBlank(bytes[next])) next++;
  return next;
}

function skipKey(bytes: Uint8Array, at: number, fault: FaultAt): number {
  if (bytes[at] !== QUOTE) throw fault(at, 'a key belongs here');
  const colon = skipBlanks(bytes, skipText(bytes, at, fault));
  if (bytes[colon] !== COLON) throw fault(colon, 'a colon belongs here');
  return colon + 1;
}

const ESCAPED = new Set(Buffer.from('"\\/bfnrt'));
const UNIT = 0x75;

/** The index of the last byte of an escape sequence. */
function skipEscape(bytes: Uint8Array, at: number, fault: FaultAt): number {
  const byte = bytes[at + 1] ?? END;
  if (ESCAPED.has(byte)) return at + 1;
  if (byte !== UNIT) throw fault(Math.min(at + 1, bytes.length), 'a text holds an escape that is none');
  for (let digit = at + 2; digit < at + 6; digit++) {
    if (!isHexDigit(bytes[digit] ?? END)) throw fault(digit, 'a text holds an escape that is none');
  }
  return at + 5;
}

function isHexDigit(byte: number): boolean {
  return isDigit(byte) || (byte >= 0x41 && byte <= 0x46) || (byte >= 0x61 && byte <= 0x66);
}

const LITERALS = ['true', 'false', 'null'].map((word) => Buffer.from(word));

function skipWord(bytes: Uint8Array, at: number, fault: FaultAt): number {
  const byte = bytes[at];
  if (byte === MINUS || isDigit(byte)) return skipNumber(bytes, at, fault);
  const literal = LITERALS.find((word) => word.every((letter, index) => bytes[at + index] === letter));
  if (literal === undefined) throw fault(at, 'a value belongs here');
  return at + literal.length;
}

function skipNumber(bytes: Uint8Array, at: number, fault: FaultAt): number {
  const first = bytes[at] === MINUS ? at + 1 : at;
  // A number has no zeros in front.
  let next = bytes[first] === 0x30 ? first + 1 : skipDigits(bytes, first, fault);
  if (bytes[next] === 0x2e) next = skipDigits(bytes, next + 1, fault);
  if (bytes[next] === 0x65 || bytes[next] === 0x45) {
    const sign = bytes[next + 1];
    next = skipDigits(bytes, sign === MINUS || sign === 0x2b ? next + 2 : next + 1, fault);
  }
  return next;
}

/** Over one digit at least. */
function skipDigits(bytes: Uint8Array, at: number, fault: FaultAt): number {
  let next = at;
  while (isDigit(bytes[next])) next++;
  if (next === at) throw fault(at, 'a digit belongs here');
  return next;
}
