import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeError } from '../../server/lib/describe-error.ts';
import { ProfilerError } from '../../server/lib/profiler-error.ts';
import { PictureTooLargeError } from '../../server/protocol/profile/picture-too-large-error.ts';
import { ProfileFormatError } from '../../server/protocol/profile/profile-format-error.ts';

test('a foreseen fault leaves with its code, its sentence and its advice', () => {
  const error = new ProfilerError('no_seat', 'There is no seat.', { advice: 'Stand.', field: 'seat' });
  assert.deepEqual(describeError(error), {
    code: 'no_seat',
    message: 'There is no seat.',
    advice: 'Stand.',
    field: 'seat',
  });
});

test('the faults of the profile model leave with theirs, though they know no other room', () => {
  const damaged = describeError(new ProfileFormatError('byte 0', 'it does not begin with ESPF'));
  assert.equal(damaged.code, 'profile_format');
  assert.match(damaged.message, /byte 0: it does not begin with ESPF/);
  assert.match(damaged.advice ?? '', /Record the profile again/);
  const large = describeError(new PictureTooLargeError(8));
  assert.equal(large.code, 'picture_too_large');
  assert.match(large.advice ?? '', /left-heavy/);
});

test('an error of Node.js has a code too, but nobody foresaw it', () => {
  const error = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
  assert.equal(describeError(error).code, 'internal');
});
