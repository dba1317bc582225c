import * as z from 'zod';

/** A field of a handler's input, as somebody who writes one must know it. */
export interface InputField {
  /** Dotted inside of another: `details.Title`. */
  readonly name: string;
  /** What may stand there, such as `text of 1 to 200 characters`. */
  readonly expected: string;
  /** Whether the object that it is a field of must have it. */
  readonly isRequired: boolean;
}

/**
 * The fields of an input of fixed fields, in the schema's order, those of an object behind it. What a schema says by
 * `.describe()` goes before what can be read from it.
 */
export function inputFieldsOf(schema: z.ZodType): readonly InputField[] {
  // Unrepresentable are dates and transformations: what they are made of is text, which JSON Schema can say.
  const root = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any', reused: 'inline' });
  return fieldsWithin('', nodeSchema.parse(root));
}

/** The part of JSON Schema that inputs use. */
const nodeSchema = z.object({
  type: z.string().optional(),
  description: z.string().optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  required: z.array(z.string()).default([]),
  enum: z.array(z.unknown()).optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  default: z.unknown().optional(),
});

type Node = z.infer<typeof nodeSchema>;

function fieldsWithin(prefix: string, { properties = {}, required }: Node): InputField[] {
  return Object.entries(properties).flatMap(([key, property]) => {
    const node = nodeSchema.parse(property);
    const name = `${prefix}${key}`;
    const field = { name, expected: expectationOf(node), isRequired: required.includes(key) };
    return [field, ...fieldsWithin(`${name}.`, node)];
  });
}

function expectationOf(node: Node): string {
  const expected = node.description ?? typeOf(node);
  return node.default === undefined ? expected : `${expected} (${JSON.stringify(node.default)} by default)`;
}

function typeOf({ type = '', properties = {}, ...node }: Node): string {
  if (node.enum !== undefined) return node.enum.map((value) => JSON.stringify(value)).join(' or ');
  if (type === 'object') return `an object with ${Object.keys(properties).join(', ')}`;
  return `${types[type] ?? 'a value'}${rangeOf(node)}`;
}

function rangeOf({
  minimum = Number.MIN_SAFE_INTEGER,
  maximum = Number.MAX_SAFE_INTEGER,
}: Pick<Node, 'minimum' | 'maximum'>) {
  const hasStart = minimum > Number.MIN_SAFE_INTEGER;
  if (maximum >= Number.MAX_SAFE_INTEGER) return hasStart ? ` from ${figure(minimum)} up` : '';
  return hasStart ? ` from ${figure(minimum)} to ${figure(maximum)}` : ` up to ${figure(maximum)}`;
}

function figure(number: number): string {
  return number.toLocaleString('en-US');
}

const types: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
};
