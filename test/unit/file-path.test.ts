import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { placeOf } from '../../server/cli/place-of.ts';
import { shownFault } from '../../server/config/loading/user-fault.ts';
import { filePathOf } from '../../server/lib/file-path.ts';
import { openProfile } from '../../server/profiling/formats/read-profile.ts';
import { writeProfile } from '../../server/profiling/formats/write-profile.ts';
import { cpuProfileOf } from './profiling-captures.ts';

const FOREIGN = ['file:///x%ZZ.js', 'file:///a%2Fb.js', 'file://other-host/share/a.js'];

for (const url of FOREIGN) {
  test(`${url} names no file, and nothing fails on it`, () => {
    assert.equal(filePathOf(url), undefined);
    assert.match(placeOf({ file: url, line: 3, category: null }), /:3$/);
    const thrown = Object.assign(new Error('broken'), { stack: `Error: broken\n    at run (${url}:3:1)` });
    assert.match(shownFault(thrown, { folder: '/app' }), /^Error: broken/);
    const [root, ...nodes] = cpuProfileOf(['100 a b', '110 c']).nodes;
    const placed = nodes.map((node) => ({
      ...node,
      callFrame: { ...node.callFrame, url, lineNumber: 2, columnNumber: 0 },
    }));
    const text = JSON.stringify({ ...cpuProfileOf(['100 a b', '110 c']), nodes: [root, ...placed] });
    const opened = openProfile(Buffer.from(text), { name: 'foreign' });
    assert.ok(new TextDecoder().decode(writeProfile(opened, 'cpuprofile')).includes(url));
  });
}

test('a URL of a file here is its path', () => {
  const expected = path.join(import.meta.dirname, 'a b.js');
  assert.equal(filePathOf(new URL('a%20b.js', import.meta.url)), expected);
});
