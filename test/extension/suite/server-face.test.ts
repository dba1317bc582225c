import assert from 'node:assert/strict';
import { parseIterations } from '../../../extension/commands/ask-iterations.ts';
import { handlerItem } from '../../../extension/commands/pick-handler.ts';
import { actionsFor } from '../../../extension/commands/show-actions.ts';
import type { ServerState } from '../../../extension/server/server-state.ts';
import { statusLook } from '../../../extension/status-bar.ts';
import { UserFault } from '../../../extension/user-fault.ts';
import type { ServerStatus } from '../../../server/protocol/server-status.ts';

const starting: ServerStatus = { product: 'eventstore-profiler', version: '0', pid: 1, state: 'starting' };
const ready: ServerState = { kind: 'ready', session: { pid: 1, url: 'http://127.0.0.1:1', owned: true } };
const adopted: ServerState = { kind: 'ready', session: { ...ready.session, owned: false } };
const failed: ServerState = {
  kind: 'failed',
  fault: new UserFault({ code: 'x', message: 'The disk is full.' }),
};

describe('the status bar item', () => {
  it('says what a starting server is doing and how far it is', () => {
    const status: ServerStatus = { ...starting, step: 'seeding the library', progress: 0.429 };
    const { text } = statusLook({ kind: 'starting', status }, undefined);
    assert.equal(text, '$(sync~spin) Event Store: seeding the library 42 %');
  });

  it('says which handler is being profiled', () => {
    const { text } = statusLook(ready, { handler: 'BooksInCirculation', share: 0.5 });
    assert.equal(text, '$(sync~spin) Profiling BooksInCirculation 50 %');
  });

  it('looks failed, and says why, only when the server failed', () => {
    assert.equal(statusLook(failed, undefined).failed, true);
    assert.match(statusLook(failed, undefined).tooltip, /The disk is full\./);
    for (const state of [ready, { kind: 'stopped' }, { kind: 'stopping' }] as const) {
      assert.notEqual(statusLook(state, undefined).failed, true);
    }
  });

  it('offers what makes sense in each state', () => {
    const labels = (state: ServerState) =>
      actionsFor(state).map(({ label }) => label.replace(/^\$\([\w-]+\) /, ''));
    assert.deepEqual(labels({ kind: 'stopped' }), [
      'Profile handler…',
      'Attach to a Node process…',
      'Start server',
      'Show log',
      'Open settings',
    ]);
    assert.deepEqual(labels({ kind: 'starting' }), ['Show log', 'Stop server']);
    assert.ok(labels(ready).includes('Stop server'));
    assert.ok(!labels(adopted).includes('Stop server'), "another window's server is not ours to stop");
    assert.deepEqual(labels(failed), ['Start server', 'Show log', 'Open settings']);
  });
});

describe('the list of handlers', () => {
  it('says first what a handler changes for good', () => {
    const handler = { name: 'LendBook', kind: 'command', summary: 'Lends a book.' } as const;
    assert.equal(handlerItem(handler).detail, 'Lends a book.');
    const writing = { ...handler, effect: 'Appends an event.' };
    assert.equal(handlerItem(writing).detail, '$(warning) Appends an event. Lends a book.');
  });
});

describe('the number of iterations', () => {
  it('is a whole number from 1 to a million', () => {
    for (const text of ['1', ' 50 ', '1000000']) assert.equal(parseIterations(text), Number(text));
    for (const text of ['', '0', '-1', '1000001', '1e12', '1e3', '5.5', 'many', '0x10', '٣']) {
      assert.equal(parseIterations(text), undefined, text);
    }
  });
});
