import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'node:test';
import { readConfig } from '../../server/config/read-config.ts';
import { createConfig } from '../../server/config/template/create-config.ts';
import { exportedFunctions } from '../../server/config/template/exported-functions.ts';
import { findCandidates } from '../../server/config/template/find-candidates.ts';
import { parseSource } from '../../server/config/template/parse-source.ts';
import { workspaceWith } from './support/workspace-with.ts';

const loader = path.resolve(import.meta.dirname, '../../server/config-loader.ts');

describe('exportedFunctions', () => {
  for (const [code, expected] of [
    ['export async function a(x, y) {}', { a: ['x', 'y'] }],
    [
      'export const a = async ({ id, name: n }) => 1, b = async function () {}, c = 5;',
      { a: ['{ id, name }'], b: [] },
    ],
    ['export default async () => 1;', { default: [] }],
    [
      'async function a(x = 1, ...rest) {} export { a as b, a as default };',
      { b: ['x?', '...rest'], default: ['x?', '...rest'] },
    ],
    ['const a = async (input) => 1; export default a;', { default: ['input'] }],
    ['exports.a = async () => 1; module.exports.b = async function (x) {};', { a: [], b: ['x'] }],
    ['async function a() {} module.exports = { a, b: async ([x]) => 1, c: () => 1 };', { a: [], b: ['…'] }],
    ['module.exports = async () => 1;', { default: [] }],
    [
      'export function a() {} export async function* b() {} export * from "./c"; export { d } from "./d";',
      {},
    ],
  ] as const) {
    it(`finds those of ${code}`, () => {
      const found = exportedFunctions(parseSource(code, 'a.js')).map((each) => [
        each.export,
        each.parameters.map(({ shown }) => shown),
      ]);
      assert.deepEqual(Object.fromEntries(found), expected);
    });
  }
});

const sources = {
  'src/orders.ts': `
    export async function ordersOfCustomer({ customer }: { customer: number }): Promise<void> {}
    export const placeOrder = async (command: object) => {};
    export async function listOrders() {}
    export async function deleteAll() {}
    export function sync() {}`,
  'src/queries/books-lent-out.ts': 'export default async () => [];',
  'src/old.ts': 'export const cast = async () => <number>5;',
  'src/broken.ts': 'export async function a( {',
  'src/orders.test.ts': 'export async function testHelper() {}',
  'dist/orders.js': 'export async function built() {}',
  'node_modules.txt': '',
};

describe('findCandidates', () => {
  it('looks at sources, not at tests, builds and packages, and puts what is named as a handler first', async () => {
    await using workspace = await workspaceWith(sources);
    const { candidates, files } = await findCandidates(workspace.path);
    assert.deepEqual(
      candidates.map(({ module, export: name }) => `${module} ${name}`),
      [
        './src/queries/books-lent-out.ts default',
        './src/old.ts cast',
        './src/orders.ts ordersOfCustomer',
        './src/orders.ts placeOrder',
        './src/orders.ts listOrders',
        './src/orders.ts deleteAll',
      ],
    );
    assert.equal(files, 4);
  });
});

describe('createConfig', () => {
  it('writes a config that can be read, with what can be run as it stands, and the rest in comments', async () => {
    await using workspace = await workspaceWith({ ...sources, 'tsconfig.json': '{}' });
    const created = await createConfig(workspace.path);
    assert.equal(created.file, path.join(workspace.path, 'eventstore-profiler.config.ts'));
    assert.equal(created.isNew, true);
    // The name of an example is taken.
    assert.deepEqual(created.active, [
      'BooksLentOut2',
      'Cast',
      'OrdersOfCustomer',
      'ListOrders',
      'DeleteAll',
    ]);
    assert.deepEqual(created.commented, ['PlaceOrder']);
    const { handlers, fault } = await readConfig({
      file: created.file,
      loader,
      log: () => undefined,
      limitMs: 60_000,
    });
    assert.equal(fault, undefined);
    assert.deepEqual(
      handlers.map(({ name, kind, fault }) => [name, kind, fault]),
      [
        ['BooksLentOut2', 'query', undefined],
        ['Cast', 'command', undefined],
        ['OrdersOfCustomer', 'query', undefined],
        ['ListOrders', 'query', undefined],
        ['DeleteAll', 'command', undefined],
      ],
    );
  });

  it('writes comments that are right once their marks are taken away', async () => {
    await using workspace = await workspaceWith({ ...sources, 'tsconfig.json': '{}' });
    const { file, commented } = await createConfig(workspace.path);
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replace(/^ {4}\/\/ ((?: {2})*(?:\{|\}|\w+: ).*)$/gm, '    $1'));
    const { handlers, fault } = await readConfig({ file, loader, log: () => undefined, limitMs: 60_000 });
    assert.equal(fault?.message, undefined);
    assert.deepEqual(
      handlers.slice(-commented.length).map(({ name }) => name),
      commented,
    );
    assert.deepEqual(
      handlers.flatMap(({ fault: each }) => each?.message ?? []),
      [],
    );
  });

  it('leaves one that is there as it is, of whatever kind', async () => {
    await using workspace = await workspaceWith({
      ...sources,
      'eventstore-profiler.config.cjs': 'module.exports = {};',
    });
    const { file, isNew } = await createConfig(workspace.path);
    assert.deepEqual([path.basename(file), isNew], ['eventstore-profiler.config.cjs', false]);
    assert.equal(await readFile(file, 'utf8'), 'module.exports = {};');
  });

  it('writes JavaScript where there is no TypeScript, with a handler to fill in where it finds none', async () => {
    await using workspace = await workspaceWith({ 'a.js': 'exports.a = 1;' });
    const { file, active, commented } = await createConfig(workspace.path);
    assert.equal(path.basename(file), 'eventstore-profiler.config.mjs');
    assert.deepEqual([active, commented], [[], []]);
    assert.match(await readFile(file, 'utf8'), /\/\/ {3}name: 'OrdersOfCustomer',/);
    const { fault } = await readConfig({ file, loader, log: () => undefined, limitMs: 60_000 });
    assert.equal(fault, undefined);
  });
});
