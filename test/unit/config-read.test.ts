import assert from 'node:assert/strict';
import { connect } from 'node:net';
import path from 'node:path';
import { describe, it } from 'node:test';
import { findConfigFile } from '../../server/config/config-file.ts';
import { readConfig, type WorkspaceConfig } from '../../server/config/read-config.ts';
import { workspaceWith } from './support/workspace-with.ts';

const loader = path.resolve(import.meta.dirname, '../../server/config-loader.ts');

/** Generous where nothing hangs: the machine may be busy. */
const PATIENT_MS = 60_000;

async function read(
  files: Readonly<Record<string, string>>,
  { limitMs = PATIENT_MS, lines = [] as string[] } = {},
): Promise<WorkspaceConfig> {
  await using workspace = await workspaceWith(files);
  const file = findConfigFile(workspace.path);
  assert.ok(file !== undefined);
  return await readConfig({ file, loader, limitMs, log: (line) => lines.push(line) });
}

const TS = 'eventstore-profiler.config.ts';
const orders =
  'export async function ordersOfCustomer() {}\nexport const limit = 5;\nexport class Orders {}\n';

/** A config in TypeScript with these handlers, each on a line of its own from line 4 on. */
function configOf(...handlers: readonly string[]): string {
  const list = handlers.map((handler) => `    ${handler},\n`).join('');
  return `import { defineConfig } from 'eventstore-profiler';\nexport default defineConfig({\n  handlers: [\n${list}  ],\n});\n`;
}

const query = (fields: string) => `{ name: 'Orders', kind: 'query', module: './src/orders.ts', ${fields} }`;

async function isListening(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  const { promise, resolve } = Promise.withResolvers<boolean>();
  socket.on('connect', () => resolve(true)).on('error', () => resolve(false));
  try {
    return await promise;
  } finally {
    socket.destroy();
  }
}

describe('readConfig', () => {
  for (const [file, text] of [
    [TS, configOf(query("export: 'ordersOfCustomer'"))],
    [
      'eventstore-profiler.config.mts',
      `enum Kind { Query = 'query' }\nawait null;\nexport default { handlers: [{ name: 'Orders', kind: Kind.Query, module: './src/orders.ts', export: 'ordersOfCustomer' }] };`,
    ],
    ['eventstore-profiler.config.mjs', configOf(query("export: 'ordersOfCustomer'"))],
    [
      'eventstore-profiler.config.js',
      `module.exports = async () => ({ handlers: [${query("export: 'ordersOfCustomer'")}] });`,
    ],
    [
      'eventstore-profiler.config.cjs',
      `Object.defineProperty(exports, '__esModule', { value: true });\nexports.default = { handlers: [${query("export: 'ordersOfCustomer'")}] };`,
    ],
  ] as const) {
    it(`lists the handlers of ${file}`, async () => {
      const { fault, handlers, files } = await read({ [file]: text, 'src/orders.ts': orders });
      assert.equal(fault, undefined);
      const summary = 'ordersOfCustomer of ./src/orders.ts.';
      assert.deepEqual(handlers, [{ name: 'Orders', kind: 'query', summary }]);
      assert.deepEqual(
        files.map((name) => path.basename(name)).filter((name) => /orders|profiler\.config/.test(name)),
        [file, 'orders.ts'],
      );
    });
  }

  it('refuses the URL of another database system, and does not show its password', async () => {
    const text = `export default {\n  database: {\n    url: 'mysql://u:secret@h/d',\n  },\n};`;
    const { fault } = await read({ [TS]: text });
    assert.equal(
      fault?.message,
      `${TS}:3 database.url: must be a URL such as postgres://user:***@host:5432/database; one of mysql: was given.`,
    );
    for (const url of ['postgres://h/d', 'postgresql://h/d', '/var/run/postgresql']) {
      const { databaseUrl } = await read({ [TS]: `export default { database: { url: '${url}' } };` });
      assert.equal(databaseUrl, url);
    }
  });

  it('tells the name that was mistyped before the field that is missing for it', async () => {
    const handler = "{ nme: 'A', kind: 'query', module: './src/orders.ts', export: 'ordersOfCustomer' }";
    const { fault } = await read({ [TS]: configOf(handler), 'src/orders.ts': orders });
    assert.match(
      fault?.message ?? '',
      /:4 handlers\[0\]\.nme: there is no such field; did you mean 'name'\?/,
    );
  });

  it('tells the database, the retries, and whether the examples are wanted', async () => {
    const text = `export default { database: { url: 'postgres://u:p@h/d' }, retries: { attempts: 3 }, examples: false };`;
    const { databaseUrl, retries, examples } = await read({ [TS]: text });
    assert.deepEqual(
      { databaseUrl, retries, examples },
      {
        databaseUrl: 'postgres://u:p@h/d',
        retries: { attempts: 3 },
        examples: false,
      },
    );
  });

  it('takes a database URL that is empty for none', async () => {
    assert.equal((await read({ [TS]: `export default { database: { url: '' } };` })).databaseUrl, undefined);
  });

  for (const [what, files, code, message] of [
    [
      'a syntax error in TypeScript',
      { [TS]: 'export default {\n  handlers: [,\n' },
      'config_syntax',
      /^eventstore-profiler\.config\.ts:3: SyntaxError: /,
    ],
    [
      'a syntax error in JavaScript',
      { 'eventstore-profiler.config.mjs': 'export default {\n  handlers: [] ]\n};' },
      'config_syntax',
      /^eventstore-profiler\.config\.mjs:2: SyntaxError: /,
    ],
    [
      'a syntax error in what it imports',
      { [TS]: `import './src/a.ts';`, 'src/a.ts': 'let a = ;' },
      'config_syntax',
      /^src\/a\.ts:1: SyntaxError: Unexpected ";"\.$/,
    ],
    [
      'an error that it throws',
      { [TS]: `interface A {}\n\nthrow new RangeError('too much\\nof it');` },
      'config_failed',
      /^eventstore-profiler\.config\.ts:3: eventstore-profiler\.config\.ts cannot be loaded: RangeError: too much\.$/,
    ],
    [
      'an error in what it imports',
      { [TS]: `import './src/a';`, 'src/a.ts': `interface A {}\nexport const x: A = JSON.parse('');` },
      'config_failed',
      /^src\/a\.ts:2: eventstore-profiler\.config\.ts cannot be loaded: SyntaxError: Unexpected end of JSON input\.$/,
    ],
    [
      'something else than an error that it throws',
      { [TS]: `throw 'no';` },
      'config_failed',
      /^eventstore-profiler\.config\.ts: eventstore-profiler\.config\.ts cannot be loaded: "no" was thrown\.$/,
    ],
    [
      'a package that is not there',
      { [TS]: `import 'no-such-package';` },
      'config_failed',
      /cannot be loaded: .*Cannot find (?:module|package) 'no-such-package'/,
    ],
    [
      'no default export',
      { [TS]: 'export const config = {};' },
      'config_no_default_export',
      /^eventstore-profiler\.config\.ts: it has no default export\.$/,
    ],
    [
      'another thing than an object',
      { [TS]: 'export default 5;' },
      'invalid_config',
      /^eventstore-profiler\.config\.ts:1: must be an object: export default defineConfig\(\{ … \}\); 5 was given\.$/,
    ],
    [
      'a field that is mistyped',
      { [TS]: 'export default {\n  handler: [],\n};' },
      'invalid_config',
      /^eventstore-profiler\.config\.ts:2 handler: there is no such field; did you mean 'handlers'\?$/,
    ],
    [
      'a field of another type',
      {
        [TS]: configOf(
          `{ name: 'A', kind: 'query', module: './a.ts' }`,
          `{ name: 5, kind: 'q', module: './a.ts' }`,
        ),
      },
      'invalid_config',
      /^eventstore-profiler\.config\.ts:5 handlers\[1\]\.name: must be a name such as 'OrdersOfCustomer'; 5 was given\. \(1 more field is wrong\.\)$/,
    ],
    [
      'a field that is missing',
      { [TS]: configOf(`{ name: 'A', kind: 'query' }`) },
      'invalid_config',
      /^eventstore-profiler\.config\.ts:4 handlers\[0\]\.module: is missing: a path such as '\.\/src\/orders\.ts'\.$/,
    ],
    [
      'a name that is there twice',
      { [TS]: configOf(query(''), query('').replace('Orders', 'orders')) },
      'invalid_config',
      /^eventstore-profiler\.config\.ts:5 handlers\[1\]\.name: 'orders' is the name of handlers\[0\] already\.$/,
    ],
    [
      'the name of an example',
      { [TS]: configOf(query('').replace('Orders', 'BooksLentOut')) },
      'invalid_config',
      /^eventstore-profiler\.config\.ts:4 handlers\[0\]\.name: 'BooksLentOut' is the name of an example handler already\. Choose another, or set examples: false\.$/,
    ],
    [
      'retries that cannot be',
      { [TS]: 'export default {\n  retries: {\n    attempts: 0,\n  },\n};' },
      'invalid_config',
      /^eventstore-profiler\.config\.ts:3 retries\.attempts: attempts must be from 1 to 100; 0 was given\.$/,
    ],
    [
      'a process that it ends',
      { [TS]: `process.exit(7);` },
      'config_crashed',
      /^eventstore-profiler\.config\.ts ended its process while it was loaded \(exit code 7\)\.$/,
    ],
  ] as const) {
    it(`says in a sentence: ${what}`, async () => {
      const { fault, handlers } = await read(files);
      assert.equal(fault?.code, code, fault?.message);
      assert.match(fault?.message ?? '', message);
      assert.deepEqual(handlers, []);
    });
  }

  for (const [what, text] of [
    ['a top-level await that never ends', 'await new Promise(() => {});\nexport default {};'],
    ['a loop that never ends', 'for (;;);\nexport default {};'],
  ] as const) {
    it(`gives up on ${what}`, async () => {
      const { fault } = await read({ [TS]: text }, { limitMs: 3000 });
      assert.equal(fault?.code, 'config_too_slow');
      assert.match(fault?.message ?? '', /^eventstore-profiler\.config\.ts was not loaded within 3 s\.$/);
    });
  }

  for (const [what, handler, code, message] of [
    [
      'an export that is mistyped',
      query("export: 'ordersOfCustomr'"),
      'handler_export_missing',
      /^eventstore-profiler\.config\.ts:4 handlers\[0\]\.export: '\.\/src\/orders\.ts' has no export 'ordersOfCustomr'; did you mean 'ordersOfCustomer'\?$/,
    ],
    [
      'a default export that is not there',
      query(''),
      'handler_export_missing',
      /'\.\/src\/orders\.ts' has no default export\.$/,
    ],
    [
      'an export that is no function',
      query("export: 'limit'"),
      'handler_no_function',
      /'limit' of '\.\/src\/orders\.ts' is of type number, and a handler must be a function\.$/,
    ],
    [
      'a class',
      query("export: 'Orders'"),
      'handler_no_function',
      /'Orders' of '\.\/src\/orders\.ts' is a class, and a handler must be a function\.$/,
    ],
    [
      'a module that is mistyped',
      query('').replace('orders.ts', 'order.ts'),
      'handler_module_not_found',
      /:4 handlers\[0\]\.module: there is no module '\.\/src\/order\.ts'; did you mean '\.\/src\/orders\.ts'\?$/,
    ],
    [
      'a path without its ./',
      query('').replace('./src/orders.ts', 'src/orders'),
      'handler_module_not_found',
      /there is no module 'src\/orders'; did you mean '\.\/src\/orders\.ts'\?$/,
    ],
    [
      'a module that throws',
      query('').replace('orders.ts', 'broken.ts'),
      'handler_module_failed',
      /:4 handlers\[0\]\.module: '\.\/src\/broken\.ts' cannot be loaded: TypeError: .* \(src\/broken\.ts:2\)\.$/,
    ],
    [
      'a module that ends the process',
      query('').replace('orders.ts', 'exits.ts'),
      'config_crashed',
      /handlers\[0\]\.module: the module of Orders ended its process while it was loaded \(exit code 3\)\.$/,
    ],
  ] as const) {
    it(`keeps a handler in the list and says why it cannot be run: ${what}`, async () => {
      const { fault, handlers } = await read({
        [TS]: configOf(handler),
        'src/orders.ts': orders,
        'src/broken.ts': 'interface A { b: { c: number } }\nexport const x = (null as unknown as A).b.c;',
        'src/exits.ts': 'process.exit(3);',
      });
      assert.equal(fault, undefined);
      assert.equal(handlers[0]?.fault?.code, code, handlers[0]?.fault?.message);
      assert.match(handlers[0]?.fault?.message ?? '', message);
    });
  }

  it('lists the other handlers when the module of one hangs', async () => {
    const { handlers } = await read(
      {
        [TS]: configOf(
          query("export: 'ordersOfCustomer'"),
          `{ name: 'Hangs', kind: 'command', module: './src/hangs.mts' }`,
          query("export: 'ordersOfCustomer'").replace('Orders', 'Others'),
        ),
        'src/orders.ts': orders,
        'src/hangs.mts': 'await new Promise(() => {});',
      },
      { limitMs: 3000 },
    );
    assert.deepEqual(
      handlers.map(({ name, fault }) => [name, fault?.code]),
      [
        ['Orders', undefined],
        ['Hangs', 'config_too_slow'],
        ['Others', undefined],
      ],
    );
  });

  it('passes on what the modules print, without passwords', async () => {
    const lines: string[] = [];
    await read({ [TS]: `console.log('at postgres://u:secret@h/d');\nexport default {};` }, { lines });
    assert.deepEqual(lines, ['at postgres://u:***@h/d']);
  });

  it('ends its process when nobody wants it any more', async () => {
    await using workspace = await workspaceWith({ [TS]: 'await new Promise(() => {});' });
    const gone = new Error('gone');
    const abort = new AbortController();
    const file = path.join(workspace.path, TS);
    const reading = readConfig({ file, loader, signal: abort.signal, log: () => undefined });
    abort.abort(gone);
    await assert.rejects(reading, gone);
  });

  it("leaves nothing running that the user's modules have started", {
    skip: process.platform === 'win32',
  }, async () => {
    const listen =
      'require("net").createServer().listen(0, "127.0.0.1", function () { console.log(this.address().port) })';
    const text = `import { spawn } from 'node:child_process';
import { once } from 'node:events';
const server = spawn(process.execPath, ['-e', ${JSON.stringify(listen)}]);
const [port] = await once(server.stdout, 'data');
console.log('port ' + port);
server.unref();
export default { handlers: [] };`;
    const lines: string[] = [];
    const { fault } = await read({ 'eventstore-profiler.config.mjs': text }, { lines });
    assert.equal(fault, undefined);
    const port = Number(/port (\d+)/.exec(lines.join('\n'))?.[1]);
    assert.ok(port > 0, lines.join('\n'));
    const deadline = performance.now() + 10_000;
    while (await isListening(port)) assert.ok(performance.now() < deadline, 'it lives on');
  });
});
