import assert from 'node:assert/strict';
import { test } from 'node:test';
import { unknownStatement } from '../../server/runner/explain-faults.ts';

test('Of a run without SQL it is said that the handler sent none, not that the run is too old', () => {
  const searched = { run: 'r', handler: 'BooksLentOut', totals: [] };
  const fault = unknownStatement('1', searched);
  assert.equal(fault.code, 'no_statement');
  assert.equal(fault.message, 'Run r of BooksLentOut sent no SQL statement.');
  assert.match(unknownStatement('1', { ...searched, totals: undefined }).advice ?? '', /with this version/);
});
