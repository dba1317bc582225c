import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, it } from 'node:test';
import { findConfigFile } from '../../server/config/config-file.ts';
import { readConfig } from '../../server/config/read-config.ts';
import { configOf, loader, query, read, TS } from './support/read-config-of.ts';
import { workspaceWith } from './support/workspace-with.ts';

/** What is said when the handler's module is this. */
async function faultOf(module: string, files: Readonly<Record<string, string>>, folder = '') {
  await using workspace = await workspaceWith({
    [TS]: configOf(query("export: 'orders'").replace('./src/orders.ts', module)),
    ...files,
  });
  const file = findConfigFile(workspace.path) ?? '';
  const { handlers } = await readConfig({ file, loader, limitMs: 60_000, log: () => undefined });
  const { message = '', advice } = handlers[0]?.fault ?? {};
  const said = message.slice(message.indexOf('cannot be loaded: ') + 'cannot be loaded: '.length);
  return [said, advice?.replace(path.join(workspace.path, folder), '<folder>')];
}

const missing = (name: string) => [
  `imports the package '${name}', which is not installed.`,
  `Run "npm install ${name}" in <folder>.`,
];

describe('an import that leads nowhere', () => {
  it('of a package is told with its file and line, and with the folder to install it in', async () => {
    for (const [file, text, line] of [
      ['src/a.ts', `// from 'no-such-package'\nimport {\n  a,\n} from 'no-such-package';\nexport { a };`, 4],
      ['src/a.mjs', `import 'no-such-package';`, 1],
      ['src/a.cjs', `\nconst a = require("no-such-package");`, 2],
      ['src/a.mts', `\n\nawait import('no-such-package');`, 3],
    ] as const) {
      const [sentence, advice] = missing('no-such-package');
      assert.deepEqual(await faultOf(`./${file}`, { [file]: text }), [`${file}:${line} ${sentence}`, advice]);
    }
  });

  it('names the file that imports it, and the package of a path in one', async () => {
    const files = {
      'src/a.ts': `import './deep/b.ts';`,
      'src/deep/b.ts': `\nimport x from '@acme/orders/sub';\nexport { x };`,
      'src/package.json': '{}',
    };
    const [sentence, advice] = missing('@acme/orders');
    assert.deepEqual(await faultOf('./src/a.ts', files, 'src'), [`src/deep/b.ts:2 ${sentence}`, advice]);
  });

  it('asks nobody to install a file, an alias, or a package that is there', async () => {
    const [file] = await faultOf('./src/a.ts', { 'src/a.ts': `import './gone.js';` });
    assert.equal(file, "src/a.ts:1 imports './gone.js', and there is no such file.");
    const [alias, advice] = await faultOf('./src/a.ts', { 'src/a.ts': `import '@/gone';` });
    assert.equal(alias, "src/a.ts:1 imports '@/gone', and nothing is found by that name.");
    assert.match(advice ?? '', /tsconfig\.json/);
    const [part] = await faultOf('./src/a.mjs', { 'src/a.mjs': `import 'get-tsconfig/none.js';` });
    assert.doesNotMatch(part ?? '', /not installed/);
  });

  it('of the config file itself names that file once', async () => {
    const { fault } = await read({ [TS]: `\nimport 'no-such-package';\nexport default {};` });
    assert.equal(
      fault?.message,
      `${TS}:2: it imports the package 'no-such-package', which is not installed.`,
    );
    assert.match(fault?.advice ?? '', /^Run "npm install no-such-package" in /);
  });

  it('of a file that the config imports names both', async () => {
    const { fault } = await read({ [TS]: `import './a.ts';`, 'a.ts': `import './gone.ts';` });
    assert.equal(
      fault?.message,
      `${TS} cannot be loaded: a.ts:1 imports './gone.ts', and there is no such file.`,
    );
  });
});
