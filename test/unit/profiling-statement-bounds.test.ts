import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KnownTexts, OTHER_STATEMENTS } from '../../server/profiling/statements/known-texts.ts';
import type { StatementCall } from '../../server/profiling/statements/sent-statement.ts';
import { SlowestCalls } from '../../server/profiling/statements/slowest-calls.ts';

test('the same texts are one object, as long as there is room', () => {
  const texts = new KnownTexts();
  assert.equal(texts.of(['SELECT 1']), texts.of(['SELECT 1']));
  assert.deepEqual(texts.of(['BEGIN', 'SELECT 1']), ['BEGIN', 'SELECT 1']);
});

test('texts that begin alike are different, and so are one text and its parts', () => {
  const texts = new KnownTexts();
  const sent = [['BEGIN'], ['BEGIN', 'SELECT 1'], ['BEGIN', 'SELECT 2'], ['BEGIN', 'SELECT 1', 'COMMIT']];
  for (const each of sent) assert.deepEqual(texts.of(each), each);
  for (const each of sent) assert.equal(texts.of([...each]), texts.of(each));
  assert.deepEqual(texts.of(['SELECT 1']), ['SELECT 1']);
});

test('of texts that differ in their values a bounded number is kept, and the others are one without values', () => {
  const texts = new KnownTexts();
  const known = new Set(Array.from({ length: 10_000 }, (_, n) => texts.of([`SELECT ${n}`])));
  assert.equal(known.size, 2_001);
  assert.deepEqual([...known].at(-1), ['SELECT ?']);
});

test('statements that are all different are other statements in the end', () => {
  const texts = new KnownTexts();
  const known = new Set(Array.from({ length: 10_000 }, (_, n) => texts.of([`SELECT c${n}`])));
  assert.equal(known.size, 4_001);
  assert.equal([...known].at(-1), OTHER_STATEMENTS);
});

test('long texts are kept without their values when there are many of them', () => {
  const texts = new KnownTexts();
  const long = (n: number) => [`SELECT '${n}${'x'.repeat(1024 * 1024)}'`];
  const known = new Set(Array.from({ length: 20 }, (_, n) => texts.of(long(n))));
  assert.equal(
    [...known].reduce((sum, [text = '']) => sum + (text.length > 1000 ? 1 : 0), 0),
    7,
  );
  assert.deepEqual([...known].at(-1), ['SELECT ?']);
});

function call(micros: number, values: readonly unknown[]): StatementCall {
  return {
    operation: 0,
    statements: [{ text: 'SELECT $1', values }],
    stretches: [{ startMicros: 0, durationMicros: micros }],
    rows: 1,
    isFailed: false,
    target: { host: '', port: 0, database: '' },
    executionsBefore: 0,
  };
}

test('values of slowest calls are kept within a bound, in whatever form they were given', () => {
  const megabytes = 30 * 1024 * 1024;
  for (const value of ['x'.repeat(megabytes), new Uint8Array(megabytes), [{ a: 'x'.repeat(megabytes) }]]) {
    const slowest = new SlowestCalls();
    for (const key of ['a', 'b', 'c']) slowest.take(key, call(1, [value]));
    assert.deepEqual([...slowest.calls.keys()], ['a', 'b']);
    // What a slower call replaces makes room.
    slowest.take('a', call(2, [1]));
    slowest.take('a', call(1, [2]));
    slowest.take('c', call(1, [value]));
    assert.deepEqual([...slowest.calls.keys()], ['a', 'b', 'c']);
    assert.deepEqual(slowest.calls.get('a')?.statements[0]?.values, [1]);
  }
});
