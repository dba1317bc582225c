import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { createConfig } from '../../server/config/template/create-config.ts';
import { guessedKind } from '../../server/config/template/guessed-kind.ts';
import { workspaceWith } from './support/workspace-with.ts';

const module = './src/a.ts';

describe('guessedKind', () => {
  for (const [name, where, kind, reason] of [
    ['getOrder', module, 'query', "guessed by 'get'"],
    ['list_orders', module, 'query', "guessed by 'list'"],
    ['find', module, 'query', "guessed by 'find'"],
    ['ReadOrders', module, 'query', "guessed by 'read'"],
    ['ordersOfCustomer', module, 'query', "guessed by 'Of'"],
    ['salesReport', module, 'query', "guessed by 'Report'"],
    ['createOrder', module, 'command', "guessed by 'create'"],
    ['deleteOrdersOfCustomer', module, 'command', "guessed by 'delete'"],
    ['update', './src/queries/a.ts', 'command', "guessed by 'update'"],
    ['orders', './src/queries/a.ts', 'query', "guessed by 'queries' in its path"],
    ['orders', './src/OrderCommands.ts', 'command', "guessed by 'Commands' in its path"],
    ['orders', './src/jquery.ts', 'command', "not known: 'query' if it changes nothing"],
    ['arrow', module, 'command', "not known: 'query' if it changes nothing"],
    ['getaway', module, 'command', "not known: 'query' if it changes nothing"],
    ['', module, 'command', "not known: 'query' if it changes nothing"],
  ] as const) {
    it(`takes '${name}' of ${where} for a ${kind}`, () => {
      assert.deepEqual(guessedKind({ name, module: where }), { kind, reason });
    });
  }
});

describe('a kind in the config that is written', () => {
  it('says beside it what it was guessed by, for a default export by its file', async () => {
    await using workspace = await workspaceWith({
      'a.js':
        'export async function getOrder() {}\nexport async function placeOrder(command) {}\nexport const arrow = async () => 1;',
      'find-books.js': 'export default async () => 1;',
    });
    const text = await readFile((await createConfig(workspace.path)).file, 'utf8');
    assert.ok(
      text.includes(
        "Nothing was executed, so each kind is a guess to be checked. A 'query' must change nothing.",
      ),
    );
    assert.deepEqual(
      text
        .split('\n')
        .filter((line) => / kind: /.test(line))
        .map((line) => line.trim()),
      [
        "kind: 'query', // guessed by 'get'",
        "kind: 'command', // not known: 'query' if it changes nothing",
        "kind: 'query', // guessed by 'find'",
        "//   kind: 'command', // guessed by 'place'",
      ],
    );
  });
});
