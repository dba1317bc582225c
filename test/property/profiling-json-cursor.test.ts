import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { GrowingFloats } from '../../server/profiling/formats/growing-column.ts';
import { JsonCursor } from '../../server/profiling/formats/json/json-cursor.ts';
import { ProfileFormatError } from '../../server/protocol/profile/profile-format-error.ts';

/** Reads a whole value through the cursor's steps, never through `value`. */
function read(cursor: JsonCursor): unknown {
  if (cursor.isNull()) return null;
  if (cursor.isText()) return cursor.text();
  if (cursor.isList()) {
    const list: unknown[] = [];
    cursor.list('list');
    while (cursor.item()) list.push(read(cursor));
    return list;
  }
  if (!cursor.isObject())
    return /[tf]/.test(String.fromCharCode(cursor.peek())) ? cursor.value() : cursor.number('number');
  const entries: [string, unknown][] = [];
  cursor.object('object');
  for (let key = cursor.key(); key !== undefined; key = cursor.key()) entries.push([key, read(cursor)]);
  return Object.fromEntries(entries);
}

function whole(text: string): unknown {
  const cursor = new JsonCursor(Buffer.from(text));
  const value = read(cursor);
  cursor.end();
  return value;
}

const finite = fc.double({ noNaN: true, noDefaultInfinity: true });
const json = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constant(null),
    fc.boolean(),
    fc.oneof(finite, fc.integer(), fc.bigInt({ min: 0n, max: 2n ** 64n }).map(Number)),
    fc.string({ unit: 'grapheme' }),
    fc.array(tie('value')),
    fc.dictionary(fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', 'id')), tie('value')),
  ),
})).value;

test('the cursor reads any JSON as JSON.parse does, however it is laid out', () => {
  fc.assert(
    fc.property(json, fc.constantFrom(undefined, 1, '\t', ' \r\n'.repeat(2)), (value, indent) => {
      const text = JSON.stringify(value, undefined, indent);
      assert.deepEqual(whole(text), JSON.parse(text));
    }),
  );
});

test('the cursor skips any JSON to its very end', () => {
  fc.assert(
    fc.property(json, (value) => {
      const cursor = new JsonCursor(Buffer.from(JSON.stringify(value)));
      cursor.skip();
      cursor.end();
    }),
  );
});

test('the cursor reads lists of numbers as JSON.parse does', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.integer(), fc.nat(), finite)),
      fc.constantFrom(undefined, 2),
      (list, indent) => {
        const text = JSON.stringify(list, undefined, indent);
        const column = new GrowingFloats(2 ** 20, () => new ProfileFormatError('list', 'too long'));
        new JsonCursor(Buffer.from(text)).numbers(column, 'list');
        assert.deepEqual([...column.filled()], JSON.parse(text));
      },
    ),
  );
});

test('the cursor refuses what JSON.parse refuses', () => {
  const character = fc.constantFrom(...'{}[]",:0123456789.eE+-tfnulrase \\/\n');
  fc.assert(
    fc.property(fc.array(character, { maxLength: 12 }), (characters) => {
      const text = characters.join('');
      if (isJson(text)) return;
      assert.throws(() => whole(text), ProfileFormatError, text);
    }),
    { numRuns: 3000 },
  );
});

test('what the cursor passes over must be as good JSON as what it reads', () => {
  const character = fc.constantFrom(...'{}[]",:01.eE+-tfnulrase \\/\n');
  const word = fc.constantFrom(
    '1',
    '[',
    ']',
    '{',
    '}',
    ',',
    ':',
    '"a"',
    'null',
    '"\\u00e9"',
    '"\\x"',
    '-1.5e3',
    '01',
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(character, word), { maxLength: 9 }), fc.boolean(), (parts, isInside) => {
      const text = isInside ? `[1,${parts.join('')}]` : parts.join('');
      const skip = () => {
        const cursor = new JsonCursor(Buffer.from(text));
        cursor.skip();
        cursor.end();
      };
      if (isJson(text)) skip();
      else assert.throws(skip, ProfileFormatError, text);
    }),
    { numRuns: 20_000 },
  );
});

test('the cursor refuses a document that lost or changed a character, where JSON.parse does', () => {
  const change = fc.constantFrom('', ' ', ',', ':', '1', '"', ']', '}', '\n');
  fc.assert(
    fc.property(json, fc.nat(), change, (value, at, replacement) => {
      const text = JSON.stringify(value);
      const place = at % text.length;
      const changed = (text.slice(0, place) + replacement + text.slice(place + 1)).toWellFormed();
      // What JSON.parse makes infinite is refused on purpose.
      if (isJson(changed) && holdsInfinity(changed)) return;
      if (isJson(changed)) assert.deepEqual(whole(changed), JSON.parse(changed));
      else assert.throws(() => whole(changed), ProfileFormatError, changed);
    }),
    { numRuns: 3000 },
  );
});

function holdsInfinity(text: string): boolean {
  let found = false;
  JSON.parse(text, (_, value) => {
    if (typeof value === 'number' && !Number.isFinite(value)) found = true;
    return value;
  });
  return found;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
