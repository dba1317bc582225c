import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inUnit, UNIT_NAMES } from '../../server/cli/amount-text.ts';
import { bytes } from '../../server/protocol/figures.ts';

test('bytes are told in the same thousands wherever they are told', () => {
  assert.equal(`${inUnit(123_000, 'bytes')} ${UNIT_NAMES.bytes}`, bytes(123_000));
  assert.equal(`${inUnit(1_230_000, 'bytes')} ${UNIT_NAMES.bytes}`, '1,230 kB');
});
