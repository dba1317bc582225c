import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { phaseShares, wholeOf } from '../../webview/flame/phase-totals.ts';
import { sampleProfile } from '../webview/support/sample-profile.ts';

const rows = [
  { stack: ['build'], micros: 1_000, phase: 'sql_build', operation: 0 },
  { stack: ['query'], micros: 4_000, phase: 'sql_execute', operation: 0 },
  { stack: ['between'], micros: 2_000 },
  { stack: ['query'], micros: 2_000, phase: 'sql_execute', operation: 1 },
  { stack: ['rest'], micros: 1_000, operation: 1 },
] as const;

describe('the shares of a legend', () => {
  const profile = sampleProfile(rows);

  test('of phases and of what lies in none add up to the wall time of the operations', () => {
    const inside = phaseShares(profile).filter(({ name }) => name !== 'outside');
    assert.deepEqual(
      inside.map(({ name, share }) => [name, share]),
      [
        ['sql_build', 0.125],
        ['sql_execute', 0.75],
        ['unattributed', 0.125],
      ],
    );
    assert.equal(wholeOf(profile), 'Shares are of the wall time of all operations, 8.00 ms together.');
  });

  test('of the time outside of operations is one of the recording', () => {
    const outside = phaseShares(profile).find(({ name }) => name === 'outside');
    assert.deepEqual([outside?.micros, outside?.share], [2_000, 0.2]);
  });

  test('say what they are of where bytes or samples were counted', () => {
    const bytes = { ...profile, unit: 'bytes' } as const;
    assert.equal(wholeOf(bytes), 'Shares are of what all operations allocated, 8.00 kB together.');
    const samples = { ...profile, unit: 'samples' } as const;
    assert.equal(wholeOf(samples), 'Shares are of the samples of all operations, 8,000 samples together.');
  });

  test('are none of a profile without operations', () => {
    assert.equal(wholeOf(sampleProfile([{ stack: ['main'], micros: 5 }])), '');
  });
});
