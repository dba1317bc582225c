import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as z from 'zod';
import { InvalidInputError, parseInput } from '../../server/handling/input/parse-input.ts';

const lending = z.strictObject({
  bookID: z.uuid(),
  readerID: z.uuid().describe('the id of a reader, a UUID'),
  copies: z.int().min(1).max(10).optional(),
  occurredAt: z.iso.datetime().transform((text) => new Date(text)),
  details: z.strictObject({ authors: z.array(z.string().min(1)).max(3) }).optional(),
  order: z.enum(['ascending', 'descending']).default('ascending'),
});

const valid = {
  bookID: '0b6ef7f6-4e2c-4c57-9d2b-0d6f5f0c7a11',
  readerID: '5d2cf0d1-62f3-4b35-8d53-2b1f0a3a7c22',
  occurredAt: '2026-01-31T12:00:00Z',
};

test('Input of the right form comes out in the types that the handler knows', () => {
  const parsed = parseInput(lending, valid, 'LendBookCopyToReader');
  assert.deepEqual(parsed, { ...valid, occurredAt: new Date(valid.occurredAt), order: 'ascending' });
});

const refused: readonly [string, unknown, string | undefined, string][] = [
  [
    'a field that is missing',
    { ...valid, bookID: undefined },
    'bookID',
    'bookID of Lend must be text; nothing was given.',
  ],
  [
    'a field of the wrong form',
    { ...valid, bookID: 'abc' },
    'bookID',
    'bookID of Lend must be a UUID; "abc" was given.',
  ],
  [
    'a field that its schema describes',
    { ...valid, readerID: 7 },
    'readerID',
    'readerID of Lend must be the id of a reader, a UUID; 7 was given.',
  ],
  [
    'a number out of range',
    { ...valid, copies: 11 },
    'copies',
    'copies of Lend must be at most 10; 11 was given.',
  ],
  [
    'a number that is not whole',
    { ...valid, copies: 1.5 },
    'copies',
    'copies of Lend must be a whole number; 1.5 was given.',
  ],
  [
    'a date that is none',
    { ...valid, occurredAt: 'yesterday' },
    'occurredAt',
    'occurredAt of Lend must be a date and time such as "2026-01-31T12:00:00Z"; "yesterday" was given.',
  ],
  [
    'a field inside of a list',
    { ...valid, details: { authors: ['Ada', ''] } },
    'details.authors.1',
    'details.authors.1 of Lend must be at least 1 character long; "" was given.',
  ],
  [
    'a list that is too long',
    { ...valid, details: { authors: ['a', 'b', 'c', 'd'] } },
    'details.authors',
    'details.authors of Lend must be at most 3 elements long; a list of 4 was given.',
  ],
  [
    'a value that is not one of those allowed',
    { ...valid, order: 'random' },
    'order',
    'order of Lend must be one of "ascending", "descending"; "random" was given.',
  ],
  [
    'a field that nobody knows',
    { ...valid, details: { authors: [], titel: 'x' } },
    'details.titel',
    'There is no field details.titel in the input of Lend. The fields are authors.',
  ],
  [
    'a field of a wrong name, rather than for the right one that is missing',
    { ...valid, bookID: undefined, bookId: 'x' },
    'bookId',
    'There is no field bookId in the input of Lend. The fields are bookID, readerID, copies, occurredAt, details, order.',
  ],
  [
    'no object at all',
    [],
    undefined,
    'The input of Lend must be an object; a list of 0 was given. Give an object with bookID, readerID, copies, occurredAt, details, order.',
  ],
  [
    'several fields, the first of them with the others named',
    { ...valid, bookID: null, copies: 0 },
    'bookID',
    'bookID of Lend must be text; null was given. Also at fault: copies.',
  ],
];

for (const [what, input, field, said] of refused) {
  test(`Input is refused for ${what}`, () => {
    const fault = faultOf(lending, input);
    assert.deepEqual(
      [fault.code, fault.field, [fault.message, fault.advice].filter(Boolean).join(' ')],
      ['invalid_input', field, said],
    );
  });
}

test('A refinement says in its own words what is wrong, and only where it is', () => {
  const isEven = (given: number) => given % 2 === 0;
  const even = z.number().refine(isEven, { params: { expected: 'an even number' } });
  const schema = z.strictObject({ pages: even.describe('a number') });
  assert.match(faultOf(schema, { pages: 3 }).message, /^pages of Lend must be an even number; 3 was given/);
  assert.match(faultOf(schema, {}).message, /^pages of Lend must be a number; nothing was given/);
});

test('Of alternatives the one that came furthest says what is wrong', () => {
  const either = z.union([
    z.strictObject({ id: z.uuid() }),
    z.strictObject({ page: z.strictObject({ size: z.int() }) }),
  ]);
  assert.equal(faultOf(either, { page: { size: 'many' } }).field, 'page.size');
  const told = z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('a') }),
    z.object({ kind: z.literal('b') }),
  ]);
  assert.match(faultOf(told, { kind: 'c' }).message, /^kind of Lend must be one of "a", "b"; "c" was given/);
});

test('A fault never echoes a huge value, name or depth', () => {
  const huge = 'x'.repeat(5_000_000);
  const sources = [
    { ...valid, bookID: huge },
    { ...valid, [huge]: 1 },
    { ...valid, copies: { [huge]: huge } },
    { ...valid, details: { authors: Array(100_000).fill(huge) } },
    { ...valid, bookID: '\ud800'.repeat(1_000) },
    huge,
  ];
  for (const input of sources) {
    const { message, advice = '', field = '' } = faultOf(lending, input);
    assert.ok(message.length < 300 && advice.length < 300 && field.length < 100, message.slice(0, 400));
    assert.ok(message.isWellFormed());
  }
});

test('Names that objects have from their prototype are no fields', () => {
  const schema = z.strictObject({ constructor: z.string(), name: z.string() });
  assert.match(
    faultOf(schema, { name: 'x' }).message,
    /^constructor of Lend must be text; nothing was given/,
  );
});

function faultOf(schema: z.ZodType, input: unknown): InvalidInputError {
  try {
    parseInput(schema, input, 'Lend');
  } catch (fault) {
    assert.ok(fault instanceof InvalidInputError);
    return fault;
  }
  return assert.fail('The input was accepted.');
}
