import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  defaultRetrySettings,
  type RetrySettings,
  retrySettings,
} from '../../server/handling/retrying/retry-settings.ts';

test('Without configuration and environment there are 6 attempts, from 10 ms on, doubling, 30 % jitter, up to 1 s', () => {
  const expected = { attempts: 6, baseDelayMs: 10, factor: 2, jitter: 0.3, maxDelayMs: 1_000 };
  assert.deepEqual(retrySettings(), expected);
  assert.deepEqual(retrySettings({}, { MAX_RETRIES: '', RETRY_BASE_DELAY: ' ', PATH: '/bin' }), expected);
});

test('The environment goes before the configuration, and that before the defaults', () => {
  const environment = { MAX_RETRIES: '3', RETRY_MAX_DELAY: '2s' };
  assert.deepEqual(retrySettings({ attempts: 9, jitter: 0 }, environment), {
    ...defaultRetrySettings,
    attempts: 4,
    jitter: 0,
    maxDelayMs: 2_000,
  });
});

const durations: readonly [string, number][] = [
  ['10ms', 10],
  ['25 ms', 25],
  ['0.5s', 500],
  ['1S', 1_000],
  ['40', 40],
  ['0', 0],
];

for (const [text, milliseconds] of durations) {
  test(`RETRY_BASE_DELAY=${text} is ${milliseconds} ms`, () => {
    assert.equal(retrySettings({}, { RETRY_BASE_DELAY: text }).baseDelayMs, milliseconds);
  });
}

test('MAX_RETRIES=0 turns retrying off', () => {
  assert.equal(retrySettings({}, { MAX_RETRIES: '0' }).attempts, 1);
});

const refused: readonly [Partial<RetrySettings>, Record<string, string>, string, RegExp][] = [
  [{}, { MAX_RETRIES: 'many' }, 'MAX_RETRIES', /^MAX_RETRIES must be a whole number; "many" was given\.$/],
  [{}, { MAX_RETRIES: '-1' }, 'MAX_RETRIES', /must be a whole number; "-1"/],
  [{}, { MAX_RETRIES: '2.5' }, 'MAX_RETRIES', /must be a whole number; "2.5"/],
  [{}, { MAX_RETRIES: '100' }, 'MAX_RETRIES', /^MAX_RETRIES must be from 0 to 99; 100 was given\.$/],
  [
    {},
    { RETRY_BASE_DELAY: '10 seconds' },
    'RETRY_BASE_DELAY',
    /a duration such as 10ms, 1\.5s or 10; "10 seconds"/,
  ],
  [{}, { RETRY_BASE_DELAY: '-5ms' }, 'RETRY_BASE_DELAY', /a duration/],
  [{}, { RETRY_MAX_DELAY: '1h' }, 'RETRY_MAX_DELAY', /a duration/],
  [
    {},
    { RETRY_MAX_DELAY: '11m' },
    'RETRY_MAX_DELAY',
    /^RETRY_MAX_DELAY must be from 0 to 600000 ms; 660000 ms was/,
  ],
  [
    {},
    { RETRY_BASE_DELAY: '2s' },
    'RETRY_BASE_DELAY',
    /^RETRY_BASE_DELAY, 2000 ms, must not be longer than maxDelayMs, 1000 ms/,
  ],
  [
    {},
    { RETRY_MAX_DELAY: '5ms' },
    'baseDelayMs',
    /^baseDelayMs, 10 ms, must not be longer than RETRY_MAX_DELAY, 5 ms/,
  ],
  [{ attempts: 0 }, {}, 'attempts', /^attempts must be from 1 to 100; 0 was given\.$/],
  [{ attempts: 1.5 }, {}, 'attempts', /^attempts must be a whole number; 1\.5 was given\.$/],
  [{ factor: 0.5 }, {}, 'factor', /^factor must be from 1 to 10; 0\.5 was given\.$/],
  [{ jitter: Number.NaN }, {}, 'jitter', /^jitter must be from 0 to 1; NaN was given\.$/],
];

for (const [configured, environment, field, message] of refused) {
  test(`Refused: ${JSON.stringify({ ...configured, ...environment })}`, () => {
    assert.throws(() => retrySettings(configured, environment), { code: 'invalid_setting', field, message });
  });
}
