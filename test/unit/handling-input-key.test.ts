import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inputKey } from '../../server/handling/caching/input-key.ts';

test('Inputs of the same content have the same key, in whatever order their fields are', () => {
  assert.equal(inputKey({ a: 1, b: [{ c: 'x', d: null }] }), inputKey({ b: [{ d: null, c: 'x' }], a: 1 }));
  assert.equal(inputKey(new Date(5)), inputKey(new Date(5)));
});

test('Inputs that differ in any way have different keys', () => {
  const inputs: readonly unknown[] = [
    {},
    [],
    null,
    undefined,
    '',
    'undefined',
    0,
    -0,
    '0',
    0n,
    Number.NaN,
    false,
    { a: undefined },
    { a: null },
    { a: 'null' },
    [undefined],
    [[]],
    ['a,b'],
    ['a', 'b'],
    { 'a":1,"b': 2 },
    { a: 1, b: 2 },
    new Date(0),
    new Date(0).toISOString(),
    'Date(0)',
    new Date(Number.NaN),
    new Set([1]),
    new Map([[1, 2]]),
    [[1, 2]],
    { toJSON: 'x' },
  ];
  const keys = inputs.map(inputKey);
  assert.ok(!keys.includes(undefined));
  assert.equal(new Set(keys).size, inputs.length, JSON.stringify(keys));
});

test('What cannot be told by its content has no key', () => {
  const circle: { self?: unknown } = {};
  circle.self = circle;
  class Own {
    readonly value = 1;
  }
  for (const input of [circle, () => 1, Symbol('s'), new Own(), /x/, { deep: [new Own()] }]) {
    assert.equal(inputKey(input), undefined);
  }
});
