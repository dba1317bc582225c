import assert from 'node:assert/strict';
import { test } from 'node:test';
import { spokenName } from '../../webview/spoken-name.ts';

test('the spoken name of a control has the text within that is seen', () => {
  assert.equal(spokenName('Attach …', 'Record a process'), 'Attach …: Record a process');
  assert.equal(spokenName('Stop', 'Stop and keep what was recorded'), 'Stop and keep what was recorded');
  assert.equal(spokenName('Without the plan', 'Show it without the plan'), 'Show it without the plan');
});

test('of a control that shows a sign the title is the name', () => {
  for (const sign of ['+', '?', '\u2191', '\u21d4']) assert.equal(spokenName(sign, 'Zoom in'), 'Zoom in');
});
