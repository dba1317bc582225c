import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hotFunctions } from '../../server/profiling/hot-functions.ts';
import { phaseTotals } from '../../server/profiling/phases/phase-totals.ts';
import { profileOf } from './profile-as-text.ts';
import { traceOf } from './profiling-captures.ts';

test('phase totals come in the order of the phases, what lies in none last', () => {
  const traces = [
    traceOf('0-50', ['project 10-20', 'filter_build 0-5']),
    traceOf('100-150', ['project 110-130', 'project 130-140']),
  ];
  assert.deepEqual(phaseTotals(traces), [
    { phase: 'filter_build', totalMicros: 5, share: 0.05 },
    { phase: 'project', totalMicros: 40, share: 0.4 },
    { phase: 'unattributed', totalMicros: 55, share: 0.55 },
  ]);
});

test('no operations have no totals, and operations without duration no shares', () => {
  assert.deepEqual(phaseTotals([]), []);
  assert.deepEqual(phaseTotals([traceOf('5-5')]), [{ phase: 'unattributed', totalMicros: 0, share: 0 }]);
});

test('hot functions are those with most self time in each phase, beside the time in which no sample fell', () => {
  const profile = profileOf(
    [
      { stack: 'main', micros: 1000 },
      { stack: 'handle parse', micros: 10, operation: 0, phase: 'unmarshal' },
      { stack: 'handle', micros: 4, operation: 0, phase: 'unmarshal' },
      { stack: 'handle build', micros: 1, operation: 0, phase: 'unmarshal' },
      { stack: 'other parse', micros: 5, operation: 1, phase: 'unmarshal' },
      { stack: '', micros: 11, operation: 1, phase: 'unmarshal', unsampled: true },
      { stack: '', micros: 9, operation: 1, phase: 'unmarshal' },
      { stack: 'handle', micros: 7, operation: 1 },
      { stack: '', micros: 3, operation: 1, phase: 'filter_build' },
    ],
    ['Loans', 'Books'],
  );
  const phases = hotFunctions(profile, 2).map(({ phase, totalMicros, functions }) => [
    `${phase} ${totalMicros}`,
    ...functions.map(({ name, selfMicros, share }) => `${name} ${selfMicros} ${share}`),
  ]);
  assert.deepEqual(phases, [
    ['filter_build 3'],
    ['unmarshal 40', 'parse 15 0.375', 'between samples 11 0.275'],
    ['unattributed 7', 'handle 7 1'],
  ]);
});
