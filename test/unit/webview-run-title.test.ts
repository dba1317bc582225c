import assert from 'node:assert/strict';
import { test } from 'node:test';
import { titleOf } from '../../webview/dashboard/run-title.ts';

const request = {
  kind: 'explain',
  run: '20261121-105713-405089',
  statement: '2',
  analyze: 'auto',
  timeoutSeconds: 30,
} as const;

test('The title of a plan says which statement of which handler and run it is of', () => {
  const subject = { handler: 'BooksLentOut', statement: 'SELECT … FROM events' };
  assert.equal(
    titleOf({ request, subject }),
    'Plan of "SELECT … FROM events" of BooksLentOut, run 20261121-105713-405089',
  );
});

test('The title of a plan whose subject was not kept names it by the ids that were asked for', () => {
  assert.equal(titleOf({ request }), 'Plan of statement 2 of run 20261121-105713-405089');
});
