import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { configTemplate } from '../../server/config/template/config-template.ts';
import { findCandidates } from '../../server/config/template/find-candidates.ts';
import { workspaceWith } from './support/workspace-with.ts';

const types = `
  import type { Currency } from '@money';
  import { z } from 'zod';
  const schema = z.object({});
  enum Priority { Low = 1, High }
  interface Money { readonly amount: number; currency: Currency }
  interface Base { id: string; note?: string }
  interface Order extends Base { lines: readonly { sku: string; price: Money }[]; at: Date; gift: boolean }
  interface Tree { name: string; children: Tree[]; parent?: Tree }
  interface Chain { next: Chain }
  type Branded = string & { readonly brand: 'id' };
  type Wish = Base & { status: 'open' | 'paid' | null; priority: Priority };
`;

/** What a handler with this type is given; undefined stands for an input that somebody has to say. */
async function inputOf(type: string, name = 'input'): Promise<string | undefined> {
  await using workspace = await workspaceWith({
    'tsconfig.json': '{ "compilerOptions": { "paths": { "@money": ["./types/money"] } } }',
    'types/money.ts': `export * from './currency.js';`,
    'types/currency.ts': `export type Currency = 'EUR' | 'USD';`,
    'src/handler.ts': `${types} export async function handler(${name}: ${type}) {}`,
  });
  const { candidates } = await findCandidates(workspace.path);
  const [input] = candidates.map((candidate) => candidate.input);
  return input?.unknown.length === 0 ? (input.text ?? 'none') : undefined;
}

/** `{name}` stands for the expression that makes a text. */
function withTexts(expression: string): string {
  return expression.replaceAll(/\{(\w+)\}/g, (_, name: string) => `\`${name} \${random.int(1, 100)}\``);
}

describe('the input that a declared type asks for', () => {
  for (const [type, expected] of [
    ['number', 'random.int(1, 100)'],
    ['boolean', 'random.chance(0.5)'],
    ['bigint', 'BigInt(random.int(1, 100))'],
    ["'a'", "'a'"],
    ['-1 | 5', 'random.pick([-1, 5])'],
    ['undefined', 'none'],
    ['{ id: number; name?: string }', '{ id: random.int(1, 100) }'],
    [
      "{ 'two words': boolean; tags: Array<'a' | 'b'> }",
      "{ 'two words': random.chance(0.5), tags: [random.pick(['a', 'b'])] }",
    ],
    ['[string, count: number, rest?: string]', '[{input}, random.int(1, 100)]'],
    ['string | undefined', '{input}'],
    ['Wish', "{ id: random.uuid(), status: random.pick(['open', 'paid']), priority: random.pick([1, 2]) }"],
    [
      'Readonly<Order>',
      "{ id: random.uuid(), lines: [{ sku: {sku}, price: { amount: random.int(1, 100), currency: random.pick(['EUR', 'USD']) } }], at: new Date(Date.UTC(2026, 0, random.int(1, 28))), gift: random.chance(0.5) }",
    ],
    ["Pick<Order, 'id' | 'gift'>", '{ id: random.uuid(), gift: random.chance(0.5) }'],
    ["Omit<Money, 'currency'>", '{ amount: random.int(1, 100) }'],
    ['Partial<Order>', '{}'],
    ["Record<'x' | 'y', number>", '{ x: random.int(1, 100), y: random.int(1, 100) }'],
    ['Record<string, number>', '{}'],
    ['Tree', '{ name: {name}, children: [] }'],
  ] as const) {
    it(`fits ${type}`, async () => {
      assert.equal(await inputOf(type), withTexts(expected));
    });
  }

  for (const type of [
    'unknown',
    'Branded',
    'Chain',
    'z.infer<typeof schema>',
    'Missing',
    '{ f: () => void }',
    '{ f(): void }',
  ]) {
    it(`is left to a person for ${type}`, async () => {
      assert.equal(await inputOf(type), undefined);
    });
  }

  it('is left out where the parameter may be', async () => {
    assert.equal(await inputOf('Order', 'order?'), 'none');
    assert.equal(await inputOf('{ id: string } = { id: "a" }', '{ id }'), 'none');
  });
});

describe('configTemplate', () => {
  it('names why a handler cannot be run as it stands', async () => {
    await using workspace = await workspaceWith({
      'orders.ts': `
        import type { Pool } from 'pg';
        import type { HandlerContext } from 'eventstore-profiler';
        export async function a(pool: Pool, id: string) {}
        export async function b({ id }) {}
        export const c = async (id: number, context: HandlerContext) => {};
        export const d = async (id: number, { pool, phase }) => {};`,
    });
    const { text, active } = configTemplate({
      ...(await findCandidates(workspace.path)),
      isInstalled: false,
    });
    assert.deepEqual(active, ['C', 'D']);
    const reasons = text.split('\n').filter((line) => /^ {4}\/\/ (- |\w+\()/.test(line));
    assert.deepEqual(
      reasons.map((line) => line.trim()),
      [
        '// a(pool, id) of ./orders.ts cannot be run as it stands:',
        "// - the type Pool comes from 'pg'",
        "// - its second argument would be the profiler's context, and not 'id'",
        '// b({ id }) of ./orders.ts cannot be run as it stands:',
        "// - the type of '{ id }' is not declared",
      ],
    );
  });

  it('says of methods that a function has to call them', async () => {
    await using workspace = await workspaceWith({
      'service.ts': `
        export class Orders { async find() {} private async hidden() {} static async make() {} plain() {} }
        export const orders = new Orders();
        export default { async place() {}, cancel: async () => {} } satisfies object;`,
      'service.cjs': 'class A { async run() {} } module.exports = { A };',
    });
    const { hints, text } = configTemplate({ ...(await findCandidates(workspace.path)), isInstalled: false });
    assert.deepEqual(
      hints.map((hint) => hint.split('. ', 1)[0]),
      [
        './service.cjs: A has the async method run',
        './service.ts: Orders has the async method find',
        './service.ts: orders has the async method find',
        './service.ts: the default export has the async methods place, cancel',
      ],
    );
    for (const hint of hints) assert.ok(text.includes(`// ${hint}`));
  });

  it('takes what is declared to give a promise, and what `export =` gives', async () => {
    await using workspace = await workspaceWith({
      'a.ts':
        'export function a(): Promise<void> { return Promise.resolve(); }\nexport function b(): number { return 1; }',
      'b.cts': 'async function c() {}\nexport = c;',
      'c.tsx': 'export const d = async () => <b>5</b>;',
    });
    const { candidates } = await findCandidates(workspace.path);
    assert.deepEqual(
      candidates.map((candidate) => `${candidate.module} ${candidate.export}`),
      ['./a.ts a', './b.cts default', './c.tsx d'],
    );
  });
});
