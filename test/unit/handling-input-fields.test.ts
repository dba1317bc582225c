import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as z from 'zod';
import { inputFieldsOf } from '../../server/handling/input/input-fields.ts';
import { checkExampleInput } from '../../server/workload/check-example-input.ts';
import { EXAMPLE_HANDLERS } from '../../server/workload/example-handler-list.ts';

test('The fields of an input are listed with what may stand there, those of an object behind it', () => {
  const schema = z.strictObject({
    bookID: z
      .string()
      .describe('the id of a book')
      .transform((text) => ({ text })),
    copies: z.int().min(1).max(1000).optional(),
    order: z.enum(['asc', 'desc']).default('asc'),
    pages: z.int().min(1),
    details: z.strictObject({ title: z.string(), weight: z.number(), isLent: z.boolean() }),
  });
  assert.deepEqual(
    inputFieldsOf(schema).map(
      ({ name, expected, isRequired }) => `${name}${isRequired ? '' : '?'}: ${expected}`,
    ),
    [
      'bookID: the id of a book',
      'copies?: a whole number from 1 to 1,000',
      'order?: "asc" or "desc" ("asc" by default)',
      'pages: a whole number from 1 up',
      'details: an object with title, weight, isLent',
      'details.title: text',
      'details.weight: a number',
      'details.isLent: true or false',
    ],
  );
});

test('What the list of handlers says must be given is enough, and every part of it is needed', () => {
  for (const { name, fields } of EXAMPLE_HANDLERS) {
    const needed = fields.filter(
      ({ name: field, isRequired }) => isRequired && !field.startsWith('metadata.'),
    );
    const input = inputOf(needed.map(({ name: field, expected }) => [field, expected]));
    checkExampleInput(name, input);
    for (const { name: field } of needed) {
      const lacking = inputOf(
        needed
          .filter(({ name: other }) => other !== field && !other.startsWith(`${field}.`))
          .map(({ name: other, expected }) => [other, expected]),
      );
      assert.throws(() => checkExampleInput(name, lacking), { code: 'invalid_input' }, `${name} ${field}`);
    }
  }
});

/** An input of these fields, each as it is expected. */
function inputOf(fields: readonly (readonly [name: string, expected: string])[]): Record<string, unknown> {
  const input: Record<string, unknown> = {};
  for (const [name, expected] of fields) {
    if (expected.startsWith('an object')) input[name] = {};
    else {
      const [first = '', inner] = name.split('.');
      const value = expected.startsWith('a whole number') ? 1 : 'x';
      if (inner === undefined) input[first] = value;
      else Object.assign(input[first] ?? {}, { [inner]: value });
    }
  }
  return input;
}
