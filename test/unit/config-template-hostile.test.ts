import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'node:test';
import { readConfig } from '../../server/config/read-config.ts';
import { configTemplate } from '../../server/config/template/config-template.ts';
import { createConfig } from '../../server/config/template/create-config.ts';
import { parseSource } from '../../server/config/template/parse-source.ts';
import { workspaceWith } from './support/workspace-with.ts';

const loader = path.resolve(import.meta.dirname, '../../server/config-loader.ts');
// In comments and in strings of any kind, each of these would go on as code.
const HOSTILE = [
  '\n',
  '\r',
  '\u2028',
  '\u2029',
  '*/',
  "'",
  '"',
  '`',
  '\\',
  `$\{globalThis.hurt = 1}`,
  '\u001b[2J',
  '\u202e',
].map((mark) => `a${mark}globalThis.hurt = 1, //`);

describe('names of a workspace in the config that is written', () => {
  it('stay strings, fields and comments, whatever they hold', async () => {
    const names = HOSTILE.map((name) => JSON.stringify(name));
    const fields = names.map((name, index) => `${name}: ${index % 2 ? 'string' : name}`).join('; ');
    await using workspace = await workspaceWith({
      'tsconfig.json': '{}',
      'package.json': '{ "type": "module" }',
      "src/it's `${a}` \n*\u2028globalThis.hurt = 1, 'x.ts": 'export async function placed() {}',
      'src/orders.ts': `
        ${names.map((name, index) => `import type { T${index} } from ${name};`).join('\n')}
        enum Word { ${names.map((name) => `${name} = ${name}`).join(', ')} }
        type Big = { ${fields}; __proto__: 1 };
        async function live(input: Big & { word: Word; keys: Record<keyof Big, 1> }) {}
        async function commented(input: Big & { word: Word; more: unknown }) {}
        ${names.map((_, index) => `export async function foreign${index}(a: T${index}) {}`).join('\n')}
        export { live, commented, ${names.map((name) => `live as ${name}`).join(', ')} };
        class Service { async run() {} }
        export { ${names.map((name) => `Service as ${JSON.stringify(`S${JSON.parse(name)}`)}`).join(', ')} };`,
    });
    const created = await createConfig(workspace.path);
    const text = await readFile(created.file, 'utf8');
    const visible = /^[^\p{Cc}\p{Cf}\u2028\u2029]*$/u;
    for (const line of [...text.split('\n'), ...created.hints, ...created.active, ...created.commented])
      assert.match(line, visible);
    assert.equal(created.active.length, HOSTILE.length + 2, text);
    assert.equal(created.commented.length, HOSTILE.length + 1);
    const { handlers, fault } = await readConfig({
      file: created.file,
      loader,
      log: () => undefined,
      limitMs: 60_000,
    });
    assert.equal(fault?.message, undefined);
    const own = handlers.slice(0, created.active.length);
    assert.deepEqual(
      own.map(({ fault: each }) => each?.message),
      own.map(() => undefined),
    );
    // The comments, too, hold a whole handler each once their marks are taken away.
    const uncommented = text.replaceAll(/^ {4}\/\/ ((?: {2})*(?:\{|\}|[\p{L}_$'[].*: ).*)$/gmu, '    $1');
    assert.notEqual(uncommented, text);
    parseSource(uncommented.replaceAll(/^ {4}\S*\(.*cannot be run.*$/gm, ''), 'config.ts');
    assert.equal(Reflect.get(globalThis, 'hurt'), undefined);
  });

  it('give an input with the very names', async () => {
    await using workspace = await workspaceWith({
      'orders.ts': `export async function f(input: { ${HOSTILE.map((name) => `${JSON.stringify(name)}: ${JSON.stringify(name)}`).join('; ')}; __proto__: 5 }) {}`,
    });
    const { file } = await createConfig(workspace.path);
    const { default: config } = await import(file);
    const input = config.handlers[0].input();
    assert.deepEqual(Object.keys(input), [...HOSTILE, '__proto__']);
    assert.deepEqual(
      HOSTILE.map((name) => input[name]),
      HOSTILE,
    );
    assert.equal(Object.getPrototypeOf(input), Object.prototype);
  });

  it('are counted once: of more than thirty functions the first thirty are written', async () => {
    const more = Array.from({ length: 61 }, (_, index) => `export async function list${index}() {}`);
    await using workspace = await workspaceWith({ 'a.ts': more.join('\n') });
    const created = await createConfig(workspace.path);
    assert.deepEqual([created.found, created.active.length], [61, 30]);
    assert.match(
      await readFile(created.file, 'utf8'),
      /\/\/ 61 exported async functions were found; these are the first 30 of them\./,
    );
  });

  it('are never empty', () => {
    const candidate = { module: './a.js', export: '$', parameters: [], input: { unknown: [] } };
    const { active } = configTemplate({ candidates: [candidate], owners: [], files: 1, isInstalled: false });
    assert.deepEqual(active, ['Handler']);
  });
});
