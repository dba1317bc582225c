import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { intentOf, KEY_BINDINGS } from '../../webview/flame/keys.ts';
import { readPanelMessage } from '../../webview/flame/read-panel-message.ts';
import {
  applicationFolder,
  editorAddress,
  longPlace,
  pathToCopy,
  placeIn,
  shortPlace,
} from '../../webview/flame/source-place.ts';
import { readViewState } from '../../webview/flame/view-state.ts';
import { libraryProfile } from '../webview/support/library-profile.ts';

const plain = { ctrlKey: false, metaKey: false, altKey: false };

describe('a key', () => {
  test('means the same with and without Shift or Caps Lock', () => {
    assert.deepEqual(intentOf({ ...plain, key: 'W' }, false), intentOf({ ...plain, key: 'w' }, false));
  });

  test('of movement works only while the picture has the keyboard', () => {
    assert.equal(intentOf({ ...plain, key: 'ArrowDown' }, false), null);
    assert.deepEqual(intentOf({ ...plain, key: 'ArrowDown' }, true), { do: 'move', direction: 'down' });
  });

  test('with Control keeps the meaning that the browser gives it', () => {
    assert.equal(intentOf({ ...plain, key: 'c', ctrlKey: true }, true), null);
    assert.equal(intentOf({ ...plain, key: 'w', metaKey: true }, true), null);
    assert.deepEqual(intentOf({ ...plain, key: 'f', ctrlKey: true }, false), { do: 'search' });
    assert.deepEqual(intentOf({ ...plain, key: 'Enter', metaKey: true }, true), { do: 'open-source' });
  });

  test('has one meaning', () => {
    const seen = new Set<string>();
    for (const { keys, withControl = false } of KEY_BINDINGS) {
      for (const key of keys) {
        assert.ok(!seen.has(`${key} ${withControl}`), key);
        seen.add(`${key} ${withControl}`);
      }
    }
  });
});

describe('a place in the source', () => {
  const place = { url: 'file:///home/dev/my%20shop/b%C3%BCcher.ts', line: 7, column: 3 };

  test('is named in short and in full', () => {
    assert.equal(shortPlace(place), 'b\u00fccher.ts:7');
    assert.equal(longPlace(place), '/home/dev/my shop/b\u00fccher.ts:7');
    assert.equal(shortPlace({ url: 'node:internal/timers', line: 0, column: 0 }), 'timers');
  });

  test('leads to the editor only if it is a file of this machine', () => {
    assert.equal(editorAddress(place), 'vscode://file/home/dev/my%20shop/b%C3%BCcher.ts:7:3');
    for (const url of [
      'node:fs',
      'https://example.org/x.js',
      'javascript:alert(1)',
      'file://host/share/x.ts',
      'file:////host/share/x.ts',
      'file:///%2Fhost/share/x.ts',
      'file:///%5C%5Chost/share/x.ts',
      '',
    ]) {
      assert.equal(editorAddress({ url, line: 1, column: 1 }), null, url);
    }
  });

  test('is told from the folder of the application on, or from node_modules on', () => {
    const folder = applicationFolder(libraryProfile());
    assert.equal(folder, 'file:///home/dev/library/');
    const at = (url: string) => placeIn(folder, { url, line: 1, column: 1 });
    assert.equal(at('file:///home/dev/library/library/b%20c.ts'), 'library/b c.ts:1');
    assert.equal(
      at('file:///home/dev/library/node_modules/pg/lib/query.js'),
      'node_modules/pg/lib/query.js:1',
    );
    assert.equal(at('file:///home/dev/other.ts'), '/home/dev/other.ts:1');
    assert.equal(at('node:internal/timers'), 'node:internal/timers:1');
  });

  test('is copied to the letter', () => {
    const name = `${'x'.repeat(300)}.ts`;
    assert.equal(pathToCopy({ url: `file:///tmp/${name}`, line: 3, column: 1 }), `/tmp/${name}:3`);
    assert.equal(pathToCopy({ url: 'file:///C:/a%20b.ts', line: 0, column: 0 }), 'C:/a b.ts');
  });

  test('with a broken escape is shown as it stands', () => {
    assert.equal(shortPlace({ url: 'file:///a/%E0%A4%A.ts', line: 1, column: 1 }), '%E0%A4%A.ts:1');
  });
});

describe('saved state', () => {
  const lawful = { view: 'phases', start: 1, span: 2, scrollTop: 0, search: 'x', hidden: [3] };

  test('comes back as it was', () => {
    assert.deepEqual(readViewState(JSON.parse(JSON.stringify(lawful))), lawful);
  });

  test('that is not lawful in every part is not used', () => {
    const wrong = [
      ...[null, undefined, 7, 'x', [], {}],
      { ...lawful, view: 'sideways' },
      { ...lawful, start: Number.NaN },
      { ...lawful, span: -1 },
      { ...lawful, search: 7 },
      { ...lawful, hidden: ['project'] },
    ];
    for (const state of wrong) assert.equal(readViewState(state), null, JSON.stringify(state));
  });
});

describe('a message to the panel', () => {
  const profile = new ArrayBuffer(8);

  test('is taken as a profile with the facts of its run', () => {
    const result = { eventsReadPerOperation: 12.5 };
    const received = readPanelMessage({ type: 'profile', title: 'Books', profile, result });
    assert.ok(received?.type === 'profile');
    assert.equal(received.profile, profile);
    assert.deepEqual(received.facts, { eventsReadPerOperation: 12.5 });
    assert.deepEqual(received.workers, []);
  });

  test('may carry its bytes as a view on a larger buffer', () => {
    const bytes = new Uint8Array([1, 2, 3, 4]).subarray(1, 3);
    const received = readPanelMessage({ type: 'profile', title: 'Books', profile: bytes });
    assert.ok(received?.type === 'profile');
    assert.deepEqual([...new Uint8Array(received.profile)], [2, 3]);
  });

  test('tells the threads of its run, and brings the profile of one or says why not', () => {
    const worker = { name: 'helper', profile: 'profile.worker-1.espp', samples: 10, busySamples: 5 };
    const result = { threads: [worker, { ...worker, samples: 'many' }, null] };
    const received = readPanelMessage({ type: 'profile', title: 'Books', profile, result });
    assert.ok(received?.type === 'profile');
    assert.deepEqual(received.workers, [worker]);
    const thread = worker.profile;
    assert.deepEqual(readPanelMessage({ type: 'thread', thread, profile }), {
      type: 'thread',
      thread,
      profile,
    });
    const gone = { type: 'no-thread', thread, message: 'It is gone.' };
    assert.deepEqual(readPanelMessage(gone), gone);
    assert.equal(readPanelMessage({ type: 'thread', thread, profile: 'bytes' }), null);
  });

  test('of another kind, or with parts missing, is none', () => {
    const others = [
      ...[null, 'profile', 7, {}],
      { type: 'other', title: 'x', profile },
      { type: 'profile', title: 7, profile },
      { type: 'profile', title: 'x', profile: 'bytes' },
    ];
    for (const other of others) assert.equal(readPanelMessage(other), null);
  });

  test('loses facts that are no numbers', () => {
    const message = { type: 'profile', title: 'x', profile, result: { eventsReadPerOperation: 'many' } };
    const received = readPanelMessage(message);
    assert.deepEqual(received?.type === 'profile' && received.facts, {});
  });
});
