import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { configOf, orders, query, read, TS } from './support/read-config-of.ts';

describe('readConfig, of handlers', () => {
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
});
