import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { type CallExpression, parseSync, Visitor } from 'oxc-parser';

const root = join(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');

describe('localisation', () => {
  it('has every text of the code in l10n/bundle.l10n.json, and no other', () => {
    const files = globSync('extension/**/*.ts', { cwd: root });
    const used = new Set(files.flatMap((file) => textsOf(file, read(file))));
    const bundled = Object.keys(JSON.parse(read('l10n/bundle.l10n.json')));
    assert.ok(used.size > 20);
    assert.deepEqual(bundled, [...used].sort());
  });

  it('has every text of package.json in package.nls.json, and no other', () => {
    const used = new Set([...read('package.json').matchAll(/"%([\w.]+)%"/g)].map(([, key]) => key));
    assert.deepEqual(Object.keys(JSON.parse(read('package.nls.json'))).sort(), [...used].sort());
  });
});

/** What stands first in each `l10n.t(…)`. */
function textsOf(file: string, source: string): string[] {
  const texts: string[] = [];
  const CallExpression = ({ callee, arguments: [text] }: CallExpression) => {
    if (callee.type !== 'MemberExpression' || source.slice(callee.start, callee.end) !== 'l10n.t') return;
    assert.ok(
      text?.type === 'Literal' && typeof text.value === 'string',
      `${file}: only plain texts can be translated`,
    );
    texts.push(text.value);
  };
  new Visitor({ CallExpression }).visit(parseSync(file, source).program);
  return texts;
}
