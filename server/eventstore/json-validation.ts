import { randomInt } from 'node:crypto';
import { refuseTooLarge } from './batch-size.ts';
import { isBuilt } from './built-events.ts';
import { InvalidOptionError } from './errors.ts';
import { isStorableObject, parsedObjectText, parsedText, refuseBrokenUnicode } from './json-object-text.ts';
import { refuseUnstorable, type StorableEvent } from './storable-event.ts';

/**
 * What an append checks of events that `buildStorableEvent()` did not make; those that it made are checked already.
 * `full`: payload and metadata of each by itself, as `buildStorableEvent()` does.
 * `batch`: the same for all texts of the append with one parse, one by one only when that fails. On Node.js 24 it is no
 * faster, as joining costs as much as the parses that it saves.
 * `trusted`: that payloads are JSON, without which nothing can be locked for them, and that no text has half pairs as
 * they are. The types of the database's columns refuse what is no JSON object; what it stores all the same are texts of
 * any length, and metadata with NUL or half pairs as escapes.
 */
export type JsonValidation = 'full' | 'batch' | 'trusted';

const modes: readonly unknown[] = ['full', 'batch', 'trusted'] satisfies JsonValidation[];

/** @throws InvalidOptionError for a mode that there is not */
export function validMode(mode: JsonValidation = 'full'): JsonValidation {
  if (modes.includes(mode)) return mode;
  throw new InvalidOptionError(`There is no JSON validation ${JSON.stringify(mode)}.`, {
    advice: `Choose one of: ${modes.join(', ')}.`,
    field: 'jsonValidation',
  });
}

/**
 * The payloads of an append's events, each parsed once. In `trusted` they may be something else than objects.
 * @throws InvalidEventError whose `field` is such as `events.1.payload`
 */
export function checkedPayloads(events: readonly StorableEvent[], mode: JsonValidation): readonly unknown[] {
  refuseUnstorable(events);
  const payloads = parsedPayloads(events, mode);
  refuseTooLarge(events);
  return payloads;
}

function parsedPayloads(events: readonly StorableEvent[], mode: JsonValidation): readonly unknown[] {
  if (mode === 'batch') return parsedTogether(events) ?? events.map(checkedPayload);
  return events.map(mode === 'full' ? checkedPayload : trustedPayload);
}

// Keeping what was parsed to build an event would save 0.7 µs of about 140 µs that an append takes of the client's CPU.
function checkedPayload(event: StorableEvent, index: number): unknown {
  if (isBuilt(event)) return JSON.parse(event.payload);
  parsedObjectText(event.metadata, { part: 'metadata', index });
  return parsedObjectText(event.payload, { part: 'payload', index });
}

function trustedPayload(event: StorableEvent, index: number): unknown {
  if (isBuilt(event)) return JSON.parse(event.payload);
  refuseBrokenUnicode(event.metadata, { part: 'metadata', index });
  refuseBrokenUnicode(event.payload, { part: 'payload', index });
  return parsedText(event.payload, { part: 'payload', index });
}

/** Undefined when an event is at fault: which one shows when they are parsed one by one. */
function parsedTogether(events: readonly StorableEvent[]): readonly unknown[] | undefined {
  const byHand = events.filter((event) => !isBuilt(event));
  const values = parsedJoined(byHand.flatMap((event) => [event.payload, event.metadata]));
  if (values === undefined) return undefined;
  let next = 0;
  return events.map((event) => (isBuilt(event) ? JSON.parse(event.payload) : values[2 * next++]));
}

/**
 * The objects of texts, by one parse. Texts that are no JSON by themselves may be together: `{"a":[1` and `2]}`. With a
 * number between them that nobody can guess they cannot: each separator must be found where it was put, so each lies
 * outside of all values, and there is one value between every two.
 */
function parsedJoined(texts: readonly string[]): readonly unknown[] | undefined {
  if (texts.length === 0) return texts;
  const all = parsedArray(texts.join(`,${separator},`));
  if (all?.length !== 2 * texts.length - 1) return undefined;
  const values: unknown[] = [];
  for (const [index, text] of texts.entries()) {
    const value = all[2 * index];
    const isApart = index === 0 || all[2 * index - 1] === separator;
    if (!isApart || !isStorableObject(value, text)) return undefined;
    values.push(value);
  }
  return values;
}

// Below 2^30 V8 reads and keeps it as a small integer.
const separator = randomInt(2 ** 29, 2 ** 30);

function parsedArray(content: string): readonly unknown[] | undefined {
  try {
    return JSON.parse(`[${content}]`);
  } catch {
    // Told with its cause by whoever parses them one by one.
    return undefined;
  }
}
