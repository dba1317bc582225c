import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, it } from 'node:test';
import { type ConfigPath, lineInConfig } from '../../server/config/loading/config-lines.ts';
import { workspaceWith } from './support/workspace-with.ts';

async function lineOf(text: string, at: ConfigPath, name = 'a.ts'): Promise<number | undefined> {
  await using workspace = await workspaceWith({ [name]: text });
  return lineInConfig(path.join(workspace.path, name), at);
}

const plain = `// first
interface Unused {}
export default defineConfig({
  database: {
    url: process.env['X']!,
  },
  handlers: [
    { name: 'A' },
    {
      name: 'B',
      input: ({ random }) =>
        random.int(1, 2),
    },
  ],
} satisfies object);
`;

describe('lineInConfig', () => {
  for (const [at, line] of [
    [[], 3],
    [['database'], 4],
    [['database', 'url'], 5],
    [['handlers'], 7],
    [['handlers', 0], 8],
    [['handlers', 1], 9],
    [['handlers', 1, 'name'], 10],
    [['handlers', 1, 'input'], 11],
    // What is not written there is where it would be.
    [['handlers', 1, 'module'], 9],
    [['handlers', 2, 'name'], 7],
    [['retries', 'attempts'], 3],
  ] as const) {
    it(`finds ${at.join('.') || 'the config itself'}`, async () => {
      assert.equal(await lineOf(plain, at), line);
    });
  }

  it('follows names, functions, calls and what is awaited', async () => {
    const text = `const first = {
  name: 'A' };
async function config() {
  const unused = 1;
  return { handlers: [first, defineHandler({
    name: 'B' })] };
}
export default config;
`;
    assert.equal(await lineOf(text, ['handlers', 0, 'name']), 2);
    assert.equal(await lineOf(text, ['handlers', 1, 'name']), 6);
    assert.equal(await lineOf(`const c = {\n a: 1 };\nexport { c as default };`, ['a']), 2);
    assert.equal(await lineOf(`export default await (async () => ({\n a: 1 }));`, ['a']), 2);
  });

  it('knows the ways of CommonJS', async () => {
    assert.equal(await lineOf(`'use strict';\nmodule.exports = {\n a: 1 };`, ['a'], 'a.cjs'), 3);
    assert.equal(await lineOf(`exports.default = {\n a: 1 };`, ['a'], 'a.cjs'), 2);
  });

  it('stays above what is spread from elsewhere', async () => {
    const text = `import { more } from './more';\nexport default {\n handlers: [...more,\n { name: 'A' }] };`;
    assert.equal(await lineOf(text, ['handlers', 0, 'name']), 3);
  });

  it('finds nothing in what cannot be read, and of names that stand for themselves', async () => {
    assert.equal(await lineOf('export default {', []), undefined);
    assert.equal(await lineOf('const a = b, b = a; export default a;', ['x']), undefined);
    assert.equal(await lineOf('export const a = 1;', []), undefined);
  });
});
