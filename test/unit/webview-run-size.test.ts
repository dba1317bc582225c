import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runRequestSchema } from '../../server/protocol/run.ts';
import { runSize } from '../../webview/dashboard/run-size.ts';

const profile = (fields: object) =>
  runRequestSchema.parse({ kind: 'profile', handler: 'BooksInCirculation', ...fields });

test('A run that nobody counted beforehand tells the operations that it recorded', () => {
  for (const stop of [
    { kind: 'manual' },
    { kind: 'duration', seconds: 10 },
    { kind: 'slower-than', millis: 50 },
  ]) {
    assert.equal(runSize(profile({ stop }), 1234), '1,234 operations');
  }
  assert.equal(runSize(profile({ stop: { kind: 'manual' } }), 1), '1 operation');
});

test('As long as they are not known, a run tells when it ends', () => {
  assert.equal(runSize(profile({ stop: { kind: 'manual' } }), undefined), 'until stopped');
  assert.equal(runSize(profile({ stop: { kind: 'duration', seconds: 10 } }), undefined), 'for 10 s');
  assert.equal(
    runSize(profile({ stop: { kind: 'slower-than', millis: 50 } }), undefined),
    'until one takes 50 ms',
  );
});

test('Iterations that were asked for are told, and how many of them there are where they are fewer', () => {
  assert.equal(runSize(profile({ iterations: 20 }), undefined), '20 iterations');
  assert.equal(runSize(profile({ iterations: 20 }), 20), '20 iterations');
  assert.equal(runSize(profile({ iterations: 20 }), 7), '7 of 20 iterations');
});
