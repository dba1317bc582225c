import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { shownFault } from '../../server/config/loading/user-fault.ts';
import { userModules } from '../../server/config/loading/user-modules.ts';
import { workspaceWith } from './support/workspace-with.ts';

// One for the process: Node.js keeps what it was taught.
const modules = userModules();

/** Loads a.ts, or the file that is named, of a workspace, and gives what its function `run` gives. */
async function run(files: Readonly<Record<string, string>>, entry = './a.ts'): Promise<unknown> {
  await using workspace = await workspaceWith(files);
  const exports = await modules.load(entry, path.join(workspace.path, 'eventstore-profiler.config.ts'));
  const found = exports['run'] ?? Reflect.get(Object(exports['default']), 'run');
  assert.ok(typeof found === 'function');
  return await found();
}

const asModule = { 'package.json': '{ "type": "module" }' };
const asCommonJs = { 'package.json': '{ "type": "commonjs" }' };

for (const [kind, manifest] of [
  ['an ES module', asModule],
  ['CommonJS', asCommonJs],
  ['a package that says nothing', {}],
] as const) {
  describe(`TypeScript in ${kind}`, () => {
    it('may have enums, namespaces, parameter properties and what else is not only types', async () => {
      const source = `
        enum Size { Small = 'small', Large = 'large' }
        namespace Sizes { export const all = Object.values(Size); }
        class Order { constructor(private readonly size: Size, readonly id = 7) {} show() { return this.size + this.id; } }
        export async function run(this: void): Promise<string> { return new Order(Size.Large).show() + Sizes.all.length; }`;
      assert.equal(await run({ ...manifest, 'a.ts': source }), 'large72');
    });

    it('may leave extensions out, name .js for .ts, and import folders and JSON', async () => {
      const source = `
        import { b } from './b';
        import { c } from './lib/c.js';
        import { d } from './d';
        import { e } from './e.ts';
        import data from './data.json' with { type: 'json' };
        export const run = async () => [b, c, d, e, data.f].join();`;
      const files = {
        'b.ts': 'export const b = 1 as const;',
        'lib/c.ts': 'export const c: number = 2;',
        'lib/c.js': 'throw new Error("old output of the compiler");',
        'd/index.ts': 'export const d = 3;',
        'e.ts': 'export const e = 4;',
        'data.json': '{ "f": 5 }',
      };
      assert.equal(await run({ ...manifest, 'a.ts': source, ...files }), '1,2,3,4,5');
    });

    it('may use the aliases of its tsconfig.json, and of what that extends', async () => {
      const files = {
        'tsconfig.json': '{ "extends": "./base.json", /* why not */ }',
        'base.json': '{ "compilerOptions": { "paths": { "@lib/*": ["./src/lib/*"] } } }',
        'src/lib/b.ts': 'export const b = "aliased";',
        'a.ts': `import { b } from '@lib/b'; export const run = async () => b;`,
      };
      assert.equal(await run({ ...manifest, ...files }), 'aliased');
    });

    it('may use packages, and the profiler’s own', async () => {
      const source = `
        import pg, { Pool } from 'pg';
        import { defineConfig } from 'eventstore-profiler';
        export const run = async () => [typeof pg.Pool, pg.Pool === Pool, typeof defineConfig].join();`;
      assert.equal(await run({ ...manifest, 'a.ts': source }), 'function,true,function');
    });
  });
}

describe('userModules', () => {
  it('takes decorators as the tsconfig.json means them', async () => {
    const old = `
      const log: string[] = [];
      function tell(_target: object, key: string) { log.push(key); }
      class A { @tell method() {} }
      export const run = async () => (new A(), log.join());`;
    const tsconfig = '{ "compilerOptions": { "experimentalDecorators": true } }';
    assert.equal(await run({ ...asModule, 'tsconfig.json': tsconfig, 'a.ts': old }), 'method');
    const standard = `
      function twice(work: () => number) { return () => work() * 2; }
      class A { @twice method() { return 21; } }
      export const run = async () => new A().method();`;
    assert.equal(await run({ ...asModule, 'a.ts': standard }), 42);
  });

  it('leaves a module its address, and its neighbours what they share', async () => {
    const files = {
      'a.ts': `import './b.ts'; import { counter } from './counter.ts';
        export const run = async () => [import.meta.url.endsWith('/a.ts'), counter.count].join();`,
      'b.ts': `import { counter } from './counter.ts'; counter.count += 1;`,
      'counter.ts': 'export const counter = { count: 0 };',
    };
    assert.equal(await run({ ...asModule, ...files }), 'true,1');
    const common = `const { sep } = require('node:path'); export const run = async () => __filename.endsWith(sep + 'a.ts');`;
    assert.equal(await run({ ...asCommonJs, 'a.ts': common }), true);
  });

  it('takes TypeScript with a top-level await or import.meta for an ES module where nothing says otherwise', async () => {
    assert.equal(
      await run({ 'a.ts': 'const x = await Promise.resolve(5); export const run = async () => x;' }),
      5,
    );
    const meta = 'export const run = async () => typeof import.meta.dirname;';
    assert.equal(await run({ 'a.ts': meta }), 'string');
  });

  it('loads JavaScript as it is', async () => {
    assert.equal(await run({ 'a.mjs': 'export const run = async () => 1;' }, './a.mjs'), 1);
    assert.equal(
      await run(
        { 'a.cjs': 'exports.run = async () => require("./b");', 'b.js': 'module.exports = 2' },
        './a.cjs',
      ),
      2,
    );
    assert.equal(await run({ 'a.js': 'module.exports = { run: async () => 3 };' }, './a'), 3);
  });

  it('names the lines of the source in stacks, and keeps what ran for the profile', async () => {
    const source =
      'interface A {\n  b: string;\n}\nenum C { D }\n\nexport async function run(a?: A) {\n  return a!.b + C.D;\n}\n';
    await using workspace = await workspaceWith({ ...asModule, 'src/a.ts': source });
    const exports = await modules.load('./src/a.ts', path.join(workspace.path, 'x.ts'));
    const fault = await (exports['run'] as () => Promise<unknown>)().catch((error: unknown) => error);
    assert.equal(
      shownFault(fault, { folder: workspace.path }),
      "TypeError: Cannot read properties of undefined (reading 'b') (src/a.ts:7)",
    );
    const text = modules.textThatRan(pathToFileURL(path.join(workspace.path, 'src/a.ts')).href);
    assert.match(text ?? '', /^var C = .*sourceMappingURL=data:/s);
    assert.ok(modules.files().includes(path.join(workspace.path, 'src/a.ts')));
  });

  it('goes on loading after a rest', async () => {
    assert.equal(
      await run({ ...asModule, 'a.ts': 'enum A { B = 1 } export const run = async () => A.B;' }),
      1,
    );
    modules.rest();
    assert.equal(
      await run({ ...asModule, 'a.ts': 'enum A { B = 2 } export const run = async () => A.B;' }),
      2,
    );
    modules.rest();
  });
});
