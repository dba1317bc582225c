import assert from 'node:assert/strict';
import { test } from 'node:test';
import { unknownStatement } from '../../server/runner/explain-faults.ts';

test('Of a run without SQL it is said that the handler sent none, not that the run is too old', () => {
  const fault = unknownStatement('1', []);
  assert.equal(fault.code, 'no_statement');
  assert.equal(fault.message, 'The handler sent no SQL statement in this run.');
  assert.match(unknownStatement('1', undefined).advice ?? '', /record it again/);
  assert.match(unknownStatement('9', ['SELECT a']).advice ?? '', /1 is "SELECT a"/);
});
