import { InvalidEventError } from './errors.ts';

/** Which text of an event, and of which event of an append. */
export interface EventText {
  readonly part: 'payload' | 'metadata';
  readonly index?: number;
}

/** Content beyond this belongs in a file store, with a reference in the event. */
const maxLength = 16 * 1024 * 1024;

/**
 * JSON text of an object as the database can keep it.
 * @param content JSON text, which is kept as it is, or a value to be written as JSON
 * @throws InvalidEventError when it is no object, too long, or holds characters that PostgreSQL cannot store
 */
export function toObjectText(content: string | object, where: EventText): string {
  if (typeof content !== 'string') return written(content, where);
  parsedObjectText(content, where);
  return content;
}

/**
 * The object of a JSON text that the database can keep.
 * @throws InvalidEventError as above
 */
export function parsedObjectText(text: string, where: EventText): object {
  refuseNoText(text, where);
  refuseTooLong(text, where);
  const value = parsedText(text, where);
  if (!isObject(value)) throw noObject(where);
  if (!isStorableAs(value, text)) throw notStorable(where);
  return value;
}

/** @throws InvalidEventError when the text is not JSON */
export function parsedText(text: string, where: EventText): unknown {
  refuseNoText(text, where);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw refusal(where, 'is not valid JSON', 'Give the text of a JSON object.', cause);
  }
}

/** Whether a text that is JSON of the value is that of an object which the database can keep. */
export function isStorableObject(value: unknown, text: string): boolean {
  return typeof text === 'string' && text.length <= maxLength && isObject(value) && isStorableAs(value, text);
}

/** @throws InvalidEventError when it is no text, or holds half pairs, which the way to the database would silently replace */
export function refuseBrokenUnicode(text: string, where: EventText): void {
  refuseNoText(text, where);
  if (!text.isWellFormed()) throw notStorable(where);
}

// What JSON.stringify writes is JSON: nothing has to be parsed to know that it is an object.
function written(content: object, where: EventText): string {
  const text = stringified(content, where);
  if (!text.startsWith('{')) throw noObject(where);
  refuseTooLong(text, where);
  // It escapes half pairs and NUL, so only escapes have to be looked at; JSON.rawJSON may bring in the rest.
  const couldHide = text.includes('\\u') || !text.isWellFormed();
  if (couldHide && !isStorable(JSON.parse(text))) throw notStorable(where);
  return text;
}

function stringified(content: object, where: EventText): string {
  try {
    // JSON.stringify gives undefined for functions and for a toJSON that does.
    return JSON.stringify(content) ?? 'null';
  } catch (cause) {
    throw refusal(where, 'cannot be written as JSON', 'Remove cycles and BigInts from it.', cause);
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

// Walking the value is only needed when the text could hide such a character: raw half pairs or \u escapes.
function isStorableAs(value: unknown, text: string): boolean {
  return !(text.includes('\\u') || !text.isWellFormed()) || isStorable(value);
}

/** Without recursion: JSON may be nested deeper than the stack is. */
function isStorable(value: unknown): boolean {
  const left = [value];
  while (left.length > 0) {
    const next = left.pop();
    if (typeof next === 'string') {
      if (next.includes('\0') || !next.isWellFormed()) return false;
    } else if (typeof next === 'object' && next !== null) {
      for (const [key, inner] of Object.entries(next)) left.push(key, inner);
    }
  }
  return true;
}

// Without types it could be an object or a number, which would be parsed as the text that it is turned into.
function refuseNoText(text: unknown, where: EventText): void {
  if (typeof text !== 'string') throw refusal(where, 'is not a text', 'Give the text of a JSON object.');
}

function refuseTooLong(text: string, where: EventText): void {
  if (text.length <= maxLength) return;
  const advice = 'Store large content elsewhere and refer to it.';
  throw refusal(where, `is longer than ${maxLength} characters`, advice);
}

function noObject(where: EventText): InvalidEventError {
  return refusal(where, 'is not a JSON object', 'Give an object such as {"BookID": "1"}.');
}

function notStorable(where: EventText): InvalidEventError {
  const advice = 'PostgreSQL cannot store them: remove them.';
  return refusal(where, 'holds NUL characters or broken Unicode', advice);
}

function refusal(
  { part, index }: EventText,
  what: string,
  advice: string,
  cause?: unknown,
): InvalidEventError {
  const whose = index === undefined ? `The event's ${part}` : `The ${part} of events[${index}]`;
  const field = index === undefined ? part : `events.${index}.${part}`;
  return new InvalidEventError(`${whose} ${what}.`, { advice, field, cause });
}
