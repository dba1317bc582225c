import assert from 'node:assert/strict';
import path from 'node:path';
import { it } from 'node:test';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { createInputRandom } from '../../server/config/input-random.ts';
import { candidateInput } from '../../server/config/template/candidate-input.ts';
import { DeclaredTypes } from '../../server/config/template/declared-types.ts';
import { exportedFunctions } from '../../server/config/template/exported-functions.ts';
import { parseSource } from '../../server/config/template/parse-source.ts';

/** A type as it is written, and whether a value is one of it. */
interface Model {
  readonly text: string;
  readonly fits: (value: unknown) => boolean;
}

interface ObjectModel extends Model {
  readonly fields: readonly Field[];
}

interface Field {
  readonly name: string;
  readonly isOptional: boolean;
  readonly type: Model;
}

function inputOf(source: string) {
  const file = path.resolve('a.ts');
  const program = parseSource(source, file);
  const scope = new DeclaredTypes({ file, text: source, program });
  const [found] = exportedFunctions(program);
  assert.ok(found);
  return candidateInput(found.parameters, {
    scope,
    typeParameters: found.typeParameters,
    allowance: { parts: 10_000 },
  });
}

const names = fc.constantFrom('a', 'b', "it's", 'x\ny', '__proto__', 'id');
const quoted = (name: string | number) => JSON.stringify(name);
const primitive: fc.Arbitrary<Model> = fc.constantFrom<Model>(
  { text: 'string', fits: (value) => typeof value === 'string' },
  { text: 'number', fits: (value) => typeof value === 'number' },
  { text: 'boolean', fits: (value) => typeof value === 'boolean' },
  { text: 'unknown', fits: () => true },
);
const literal: fc.Arbitrary<Model> = fc
  .oneof(names, fc.integer({ min: -3, max: 3 }))
  .map((wanted) => ({ text: quoted(wanted), fits: (value) => value === wanted }));
const { type } = fc.letrec<{ type: Model; object: ObjectModel }>((tie) => ({
  type: fc.oneof(
    { maxDepth: 4 },
    primitive,
    literal,
    tie('object'),
    fc.array(tie('type'), { minLength: 1, maxLength: 3 }).map(union),
    fc.array(tie('object'), { minLength: 2, maxLength: 3 }).map(intersection),
    tie('type').map(list),
    tie('object').map(partial),
    fc.tuple(tie('object'), fc.array(names, { minLength: 1 }), fc.boolean()).map(part),
    fc.tuple(tie('object'), primitive).map(record),
  ),
  object: fc
    .uniqueArray(fc.record({ name: names, isOptional: fc.boolean(), type: tie('type') }), {
      selector: ({ name }) => name,
      maxLength: 3,
    })
    .map(objectWith),
}));

function objectWith(fields: readonly Field[]): ObjectModel {
  const written = fields.map(
    (field) => `${quoted(field.name)}${field.isOptional ? '?' : ''}: ${field.type.text}`,
  );
  return {
    text: `{ ${written.join('; ')} }`,
    fields,
    fits: (value) => {
      if (typeof value !== 'object' || value === null) return false;
      return fields.every(({ name, isOptional, type: each }) =>
        Object.hasOwn(value, name) ? each.fits(Reflect.get(value, name)) : isOptional,
      );
    },
  };
}

function union(types: readonly Model[]): Model {
  return {
    text: `(${types.map(({ text }) => text).join(' | ')})`,
    fits: (value) => types.some(({ fits }) => fits(value)),
  };
}

function intersection(types: readonly Model[]): Model {
  return {
    text: `(${types.map(({ text }) => text).join(' & ')})`,
    fits: (value) => types.every(({ fits }) => fits(value)),
  };
}

function list(item: Model): Model {
  return {
    text: `Array<${item.text}>`,
    fits: (value) => Array.isArray(value) && value.every(item.fits),
  };
}

function partial({ text, fields }: ObjectModel): Model {
  const all = objectWith(fields.map((field) => ({ ...field, isOptional: true })));
  return { ...all, text: `Partial<${text}>` };
}

function part([object, keys, isPick]: readonly [ObjectModel, readonly string[], boolean]): Model {
  const left = objectWith(object.fields.filter(({ name }) => keys.includes(name) === isPick));
  return {
    ...left,
    text: `${isPick ? 'Pick' : 'Omit'}<${object.text}, ${keys.map((key) => quoted(key)).join(' | ')}>`,
  };
}

function record([object, value]: readonly [ObjectModel, Model]): Model {
  const all = objectWith(object.fields.map(({ name }) => ({ name, isOptional: false, type: value })));
  return { ...all, text: `Record<keyof ${object.text}, ${value.text}>` };
}

it('An input that is written live fits its type, and is one line', () => {
  let live = 0;
  fc.assert(
    fc.property(type, fc.integer({ min: 0, max: 1000 }), ({ text: declared, fits }, seed) => {
      const { text, unknown } = inputOf(`type T = ${declared}; export async function f(input: T) {}`);
      if (text === undefined || unknown.length > 0) return;
      live += 1;
      assert.doesNotMatch(text, /[\p{Cc}\u2028\u2029]/u);
      const value: unknown = structuredClone(
        runInNewContext(`(${text})`, { random: createInputRandom(seed, 0) }),
      );
      assert.ok(fits(value), `${declared}\n${text}`);
    }),
    { numRuns: 1000 },
  );
  // Types that nobody can follow are the rarer ones.
  assert.ok(live > 300, String(live));
});

/** A type that names two that are declared below it, in every form that is followed; the last ones name the first. */
const forms: readonly ((a: string, b: string) => string)[] = [
  (a, b) => `{ l: ${a}; r: ${b} }`,
  (a, b) => `{ l: ${a}; r: ${b}; s: ${a} }`,
  (a, b) => `{ l: ${a} | ${b}; r: ${b} & ${a} }`,
  (a, b) => `[${a}, ${b}]`,
  (a, b) => `Record<keyof ${a}, ${b}>`,
  (a, b) => `Pick<${a}, keyof ${b}>`,
  (a, b) => `Record<Exclude<keyof ${a}, keyof ${b}>, ${a}>`,
  (a, b) => `{ l: Partial<${a}>[]; r: ${b} }`,
];
const COUNT = 60;
const graph = fc
  .array(
    fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 }), fc.constantFrom(...forms)),
    {
      minLength: COUNT,
      maxLength: COUNT,
    },
  )
  .map((types) =>
    types
      .map(([a, b, form], i) => `type T${i} = ${form(`T${(i + a) % COUNT}`, `T${(i + b) % COUNT}`)};`)
      .join('\n'),
  );

it('Types that name each other in any way come to an end at once', () => {
  let slowest = 0;
  fc.assert(
    fc.property(graph, (types) => {
      const before = process.cpuUsage();
      inputOf(`${types}\nexport async function f(input: T0) {}`);
      const { user, system } = process.cpuUsage(before);
      slowest = Math.max(slowest, (user + system) / 1000);
    }),
    { numRuns: 200 },
  );
  assert.ok(slowest < 1000, `${slowest} ms of CPU`);
});
