import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import path from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { timeIn, timeText } from '../../server/cli/duration-value.ts';
import { profileRequestOf } from '../../server/cli/option-values.ts';
import { UsageError } from '../../server/cli/usage-error.ts';

const CLI = path.resolve(import.meta.dirname, '../../server/cli.ts');

test('A time is counted in what the field wants, without noise of fractions', () => {
  assert.equal(timeIn('s', '--x', '500ms'), 0.5);
  assert.equal(timeIn('us', '--x', '1.1ms'), 1100);
  assert.equal(timeIn('ms', '--x', '2m'), 120_000);
  assert.equal(timeIn('s', '--x', '0s'), 0);
});

test('A time is told as it would be typed, in the largest unit in which it is whole', () => {
  for (const text of ['0s', '50us', '1500us', '100ms', '30s', '90s', '2m', '24h']) {
    assert.equal(timeText(timeIn('us', '--x', text), 'us'), text);
  }
});

test('A number without a unit is refused with what it might mean', () => {
  assert.throws(
    () => profileRequestOf('Loans', { samplingInterval: '200' }),
    (error) =>
      error instanceof UsageError &&
      /^--sampling-interval must be a time with its unit/.test(error.message) &&
      /^Write --sampling-interval 200s for seconds, --sampling-interval 200ms .* 200us /.test(
        error.advice ?? '',
      ),
  );
});

test('The default of a time is told as a time', () => {
  assert.throws(
    () => profileRequestOf('Loans', { samplingInterval: '1us' }),
    (error) => error instanceof UsageError && error.advice === 'Leave --sampling-interval out for 200us.',
  );
});

for (const command of ['profile', 'explain', 'attach', 'simulate']) {
  test(`"${command} --help" tells the rule for times, and no option of time takes anything else`, async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [CLI, command, '--help']);
    assert.match(stdout, /Every <time> is a number with its unit: /);
    assert.doesNotMatch(stdout, /<(seconds|ms|microseconds)>/);
  });
}
