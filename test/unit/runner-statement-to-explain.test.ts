import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isExplainable } from '../../server/runner/statement-to-explain.ts';

test('a statement that has a plan is known by its first word, behind comments and brackets', () => {
  for (const text of [
    'SELECT 1',
    ' -- a\n/* b /* c */ */ ( /**/ (select 1))',
    'WITH a AS (SELECT 1) SELECT * FROM a',
    'Values (1)',
    'TABLE t',
    'DECLARE c CURSOR FOR SELECT 1',
    'MERGE INTO t USING u ON true WHEN MATCHED THEN DELETE',
  ]) {
    assert.equal(isExplainable(text), true, text);
  }
  for (const text of [
    '',
    '-- SELECT 1',
    '/* a */ BEGIN',
    '"select" 1',
    "'select'",
    'selects',
    'SET a = 1',
    '/* SELECT 1',
  ]) {
    assert.equal(isExplainable(text), false, text);
  }
});

test('many comments in front of a statement take little time', () => {
  const started = performance.now();
  assert.equal(isExplainable(`${'/*a*/'.repeat(10_000)}BEGIN`), false);
  assert.equal(isExplainable(`${'/*a*/ -- b\n('.repeat(10_000)}SELECT 1`), true);
  assert.equal(isExplainable(`${'/*a*/'.repeat(10_000)}${'x'.repeat(100_000)}`), false);
  assert.ok(performance.now() - started < 5_000);
});
