import assert from 'node:assert/strict';
import { test } from 'node:test';
import { profileRequestOf } from '../../server/cli/option-values.ts';
import { stopOf } from '../../server/cli/stop-values.ts';
import { UsageError } from '../../server/cli/usage-error.ts';

test('When to stop is typed with a unit, and nothing leaves it to the iterations', () => {
  assert.equal(stopOf({}), undefined);
  assert.equal(stopOf({ iterations: '5' }), undefined);
  assert.deepEqual(stopOf({ duration: '10s' }), { kind: 'duration', seconds: 10 });
  assert.deepEqual(stopOf({ duration: '1.5 m' }), { kind: 'duration', seconds: 90 });
  assert.deepEqual(stopOf({ untilSlowerThan: '50ms' }), { kind: 'slower-than', millis: 50 });
  assert.deepEqual(stopOf({ untilSlowerThan: '2s', maxDuration: '1h' }), {
    kind: 'slower-than',
    millis: 2000,
    maxSeconds: 3600,
  });
  assert.deepEqual(stopOf({ manual: true, maxDuration: '30s' }), { kind: 'manual', maxSeconds: 30 });
});

test('A time without a unit, and none at all, are wrong usage', () => {
  for (const duration of ['10', 'soon', '-1s', '5 parsecs', '']) {
    assert.throws(
      () => stopOf({ duration }),
      (error) =>
        error instanceof UsageError &&
        /--duration must be a time with its unit, such as 500ms/.test(error.message),
      duration,
    );
  }
});

test('Two ways to stop are one too many, and a bound needs one that it bounds', () => {
  assert.throws(
    () => stopOf({ iterations: '5', duration: '1s' }),
    /--iterations and --duration cannot be given together/,
  );
  assert.throws(() => stopOf({ manual: true, untilSlowerThan: '1s' }), /--until-slower-than and --manual/);
  assert.throws(
    () => stopOf({ duration: '1s', maxDuration: '2s' }),
    /--max-duration does not go with --duration/,
  );
  assert.throws(() => stopOf({ maxDuration: '2s' }), /--max-duration does not go with iterations/);
});

test('A bound that is out of range is named as it was typed', () => {
  assert.throws(
    () => profileRequestOf('Loans', { duration: '30h' }),
    (error) =>
      error instanceof UsageError &&
      /--duration must be a time from 100ms to 24h; 30h was given/.test(error.message),
  );
  assert.throws(() => profileRequestOf('Loans', { collector: 'perf' }), /--collector must be "v8-cpu" or/);
  const { collector, stop } = profileRequestOf('Loans', { collector: 'v8-heap', manual: true });
  assert.deepEqual([collector, stop], ['v8-heap', { kind: 'manual', maxSeconds: 600 }]);
});
