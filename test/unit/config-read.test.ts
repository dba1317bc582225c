import assert from 'node:assert/strict';
import { connect } from 'node:net';
import path from 'node:path';
import { describe, it } from 'node:test';
import { readConfig } from '../../server/config/read-config.ts';
import { configOf, loader, orders, query, read, TS } from './support/read-config-of.ts';
import { workspaceWith } from './support/workspace-with.ts';

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
      /^eventstore-profiler\.config\.ts:3: it cannot be loaded: RangeError: too much\.$/,
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
      /^eventstore-profiler\.config\.ts: it cannot be loaded: "no" was thrown\.$/,
    ],
    [
      'a package that is not there',
      { [TS]: `import 'no-such-package';` },
      'config_failed',
      /^eventstore-profiler\.config\.ts:1: it imports the package 'no-such-package', which is not installed\.$/,
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
      assert.ok(handlers.every((handler) => handler.fault?.message === fault?.message));
    });
  }

  it('keeps the handlers that are right in a file with a fault, which none of them can be run with, and its wish for examples', async () => {
    const names = ['A', 'a', 'B'].map((name) => `{ name: '${name}', kind: 'query', module: './a.ts' }`);
    const text = `export default { examples: false, handlers: [${names}, { name: 'C', kind: 'q', module: './a.ts' }, 5] };`;
    const { fault, handlers, examples } = await read({ [TS]: text });
    assert.match(fault?.message ?? '', /handlers\[3\]\.kind/);
    assert.deepEqual(
      handlers.map(({ name, fault: own }) => [name, own?.message]),
      [
        ['A', fault?.message],
        ['B', fault?.message],
      ],
    );
    assert.equal(examples, false);
    const { examples: wanted } = await read({ [TS]: 'export default { examples: 1, handlers: 2 };' });
    assert.equal(wanted, true);
  });

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
