import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findCandidates } from '../../server/config/template/find-candidates.ts';
import { inputFrom } from './support/template-input.ts';
import { workspaceWith } from './support/workspace-with.ts';

const declared = `
  enum Sign { Minus = -1, Zero, Plus = +1 }
  enum Flag { A = 1 << 0, B = 1 << 1, Both = A | B, None = 0 }
  enum Word { One = 'one', Two = \`two\` }
  enum Computed { A = 'a'.length, B }
  enum AfterText { A = 'a', B }
  declare enum Elsewhere { A, B = 5 }
  declare const enum Inlined { A, B = 5, C }
  enum Twice { A }
  enum Twice { B = 1 }
  type Keys = 'x' | 'y';
  type Deep = Exclude<Keys | 'z', 'y'>;
  type Any = string;
  type Pattern = \`a\${string}\`;
  interface Big { x: number; y: boolean; z?: bigint }
  type Picked = Pick<Big, Keys>;
  type Open = { [key: string]: number };
  type Either = { kind: 'a'; a: number } | { kind: 'b'; b: number };
  interface Merged { a: number }
  interface Merged { b: boolean }
  interface Less extends Omit<Big, 'x'> { more: 1 }
  interface Listed extends Array<string> { more: number }
  interface Item { name: string }
  type Loop = Loop2; type Loop2 = Loop;
  type KeyLoop = KeyLoop | 'a';
`;

const INT = 'random.int(1, 100)';
const BOOL = 'random.chance(0.5)';

describe('an input that is written live', () => {
  for (const [type, expected] of [
    ['Sign', 'random.pick([-1, 0, 1])'],
    ['Flag', 'random.pick([1, 2, 3, 0])'],
    ['Word', "random.pick(['one', 'two'])"],
    ['Inlined', 'random.pick([0, 5, 6])'],
    ['`plain`', "'plain'"],
    ['Record<Keys, number>', `{ x: ${INT}, y: ${INT} }`],
    ['Record<Word, number>', `{ one: ${INT}, two: ${INT} }`],
    ['Record<Sign, 5>', "{ '-1': 5, '0': 5, '1': 5 }"],
    ['Record<keyof Big, 1>', '{ x: 1, y: 1, z: 1 }'],
    ['Record<Deep, 1>', '{ x: 1, z: 1 }'],
    ["Record<'a' | Any, 1>", '{}'],
    ['Pick<Big, Keys>', `{ x: ${INT}, y: ${BOOL} }`],
    ["Pick<Big, 'x' | 'z'>", `{ x: ${INT} }`],
    ['Omit<Big, keyof Picked>', '{}'],
    ["Omit<Big, Exclude<keyof Big, 'x'>>", `{ x: ${INT} }`],
    ['Merged', `{ a: ${INT}, b: ${BOOL} }`],
    ["{ k: 'x' } & { k: string }", "{ k: 'x' }"],
    ["{ k: string } & { k: 'x' | 'y' }", "{ k: random.pick(['x', 'y']) }"],
    ["{ k: 'x' } & { k: 'x'; n?: 1 }", "{ k: 'x' }"],
    ['Partial<Big>', '{}'],
    ['Less', `{ y: ${BOOL}, more: 1 }`],
    ['[1, ...rest: number[]]', '[1]'],
    ["{ __proto__: 1; 'a\\nb': 2; 'it\\'s': 3 }", "{ ['__proto__']: 1, 'a\\nb': 2, 'it\\'s': 3 }"],
  ] as const) {
    it(`fits ${type}`, async () => {
      assert.equal(await inputFrom(`${declared} export async function f(input: ${type}) {}`), expected);
    });
  }
});

describe('a handler stands in comments, with the reason, where its input is not certain:', () => {
  for (const [type, reason] of [
    ['Computed', "the members of 'input' are computed, or more than 200"],
    ['AfterText', "the members of 'input' are computed, or more than 200"],
    ['Elsewhere', "the members of 'input' are computed, or more than 200"],
    ['Twice', "the type of 'input' is declared more than once"],
    ['Record<Pattern, 1>', "the type of 'input', Record<Pattern, 1>, cannot be followed"],
    ['Record<Computed, 1>', "the type of 'input', Record<Computed, 1>, cannot be followed"],
    ['Record<Missing, 1>', "the type of 'input', Record<Missing, 1>, cannot be followed"],
    ['Record<KeyLoop, 1>', "the type of 'input', Record<KeyLoop, 1>, cannot be followed"],
    ['Record<keyof Open, 1>', "the type of 'input', Record<keyof Open, 1>, cannot be followed"],
    ['Pick<Big, Missing>', "the type of 'input', Pick<Big, Missing>, cannot be followed"],
    ['Omit<Big, Missing>', "the type of 'input', Omit<Big, Missing>, cannot be followed"],
    ["Omit<Either, 'a'>", "the type of 'input', Omit<Either, 'a'>, cannot be followed"],
    ['Record<keyof Either, 1>', "the type of 'input', Record<keyof Either, 1>, cannot be followed"],
    ['Partial<string[]>', "the type of 'input', Partial<string[]>, cannot be followed"],
    ['{ k?: 1 } & { k: number }', "the field 'k' is declared more than once"],
    ["{ k: 'x' } & { k: 'y' }", "the field 'k' is declared more than once"],
    ['Open & Merged', "the type of 'input', Open & Merged, cannot be followed"],
    ['Listed', "'input' is more than an object with fields"],
    ['[...[1, 2], 3]', "the type of 'input', [...[1, 2], 3], cannot be followed"],
    ['Loop', "the type of 'input', Loop, holds itself"],
  ] as const) {
    it(type, async () => {
      assert.deepEqual(await inputFrom(`${declared} export async function f(input: ${type}) {}`), [reason]);
    });
  }
});

describe("a function's type parameter", () => {
  for (const [signature, expected] of [
    ['<Item extends number>(a: Item)', INT],
    ['<Item extends Merged>(a: { item: Item })', `{ item: { a: ${INT}, b: ${BOOL} } }`],
    ['<Item>(a: Item)', ["the type of 'a', Item, may be any"]],
    ['<Item extends Item[]>(a: Item)', ["the type of 'a', Item[], cannot be followed"]],
    [
      '<Keys extends keyof Big>(a: Pick<Big, Keys>)',
      ["the type of 'a', Pick<Big, Keys>, cannot be followed"],
    ],
  ] as const) {
    it(`hides a declared type of its name: ${signature}`, async () => {
      assert.deepEqual(await inputFrom(`${declared} export async function f${signature} {}`), expected);
    });
  }

  it('hides nothing within a declared type', async () => {
    assert.equal(
      await inputFrom('type A = { b: B }; type B = 1; export async function f<B extends string>(a: A) {}'),
      '{ b: 1 }',
    );
  });
});

describe('a type of another module', () => {
  const others = {
    'src/types.ts': `
      interface Order { inner: 1 }
      interface Sale { outer: 2 }
      export { Sale as Order };
      export default interface Main { main: 3 }
      export { Order as Date } from './dates';
      export * from './more';`,
    'src/dates.ts': 'export interface Order { at: 4 }',
    'src/more.ts': 'export interface More { more: 5 }\nexport interface Map<K, V> { k: K; v: V }',
  };
  for (const [source, expected] of [
    ["import { Order } from './types'; export async function f(a: Order) {}", '{ outer: 2 }'],
    ["import Any from './types'; export async function f(a: Any) {}", '{ main: 3 }'],
    ["import { Date as D } from './types'; export async function f(a: D) {}", '{ at: 4 }'],
    ["import { More } from './types'; export async function f(a: More) {}", '{ more: 5 }'],
    ["export * from './more'; export async function f(a: Map<string, 1>) {}", 'new Map()'],
    ["export { Order as Map } from './dates'; export async function f(a: Map<string, 1>) {}", 'new Map()'],
  ] as const) {
    it(`is the one that is exported by that name: ${source}`, async () => {
      assert.equal(await inputFrom(source, others), expected);
    });
  }
});

describe('types without end', () => {
  const DEADLINE_MS = 5000;
  const graph = (ends: string) =>
    [
      'type T0 = 1;',
      ...Array.from({ length: 40 }, (_, i) => `interface T${i + 1} { l: T${i}; r: T${i} }`),
      ends,
    ].join('\n');

  for (const [what, source, reason] of [
    [
      'a graph whose types name each other twice',
      graph('export async function f(a: T40) {}'),
      "the type of 'a' is made of more than 1,000 types",
    ],
    [
      'keys of such a graph',
      graph('export async function f(a: Record<keyof T40, 1>) {}'),
      "the type of 'a' is made of more than 1,000 types",
    ],
    [
      'a union of 20,000 literals',
      `export async function f(a: ${Array.from({ length: 20_000 }, (_, i) => `'${i}'`).join('|')}) {}`,
      "the type of 'a' is a union of more than 200 types",
    ],
    [
      'an object of a great many fields',
      `export async function f(a: { ${Array.from({ length: 5000 }, (_, i) => `f${i}: 1`).join(';')} }) {}`,
      "the type of 'a' is made of more than 1,000 types",
    ],
    [
      'a value of a great many characters',
      `export async function f(a: '${'x'.repeat(5000)}') {}`,
      "a value of 'a' has more than 4,000 characters",
    ],
  ] as const) {
    it(`are given up: ${what}`, { timeout: DEADLINE_MS }, async () => {
      assert.deepEqual(await inputFrom(source), [reason]);
    });
  }

  it('are given up for the functions that are left, where each of a great many has them', {
    timeout: DEADLINE_MS,
  }, async () => {
    const functions = Array.from({ length: 3000 }, (_, i) => `export async function f${i}(a: T40) {}`);
    await using workspace = await workspaceWith({ 'a.ts': graph(functions.join('\n')) });
    const { candidates } = await findCandidates(workspace.path);
    assert.deepEqual(candidates.at(0)?.input.unknown, ["the type of 'a' is made of more than 1,000 types"]);
    assert.deepEqual(candidates.at(-1)?.input.unknown, [
      'the functions of this workspace have more types than are followed',
    ]);
  });

  it('are found once, however modules pass them on to each other', { timeout: DEADLINE_MS }, async () => {
    const others = Object.fromEntries(
      Array.from({ length: 30 }, (_, i) => [
        [`src/a${i}.ts`, `export * from './a${i + 1}'; export * from './b${i + 1}';`],
        [`src/b${i}.ts`, `export * from './a${i + 1}'; export * from './b${i + 1}';`],
      ]).flat(),
    );
    const circle = {
      'src/c.ts': "export { A as B } from './d';",
      'src/d.ts': "export { B as A } from './c';",
    };
    const source = `import { Missing } from './a0'; import { B } from './c';
      export async function f(a: { m: Missing; b: B }) {}`;
    const reasons = await inputFrom(source, { ...others, ...circle });
    assert.equal(reasons.length, 2, String(reasons));
  });
});
