import * as z from 'zod';

/** What may stand in a field, as far as sentences about faults need to know. */
export interface Property {
  readonly type?: string | undefined;
  readonly minimum?: number | undefined;
  readonly maximum?: number | undefined;
  readonly enum?: readonly string[] | undefined;
  readonly default?: number | string | boolean | undefined;
  readonly isRequired: boolean;
  /** Fields of an object; of several forms, those of the one that was given. */
  readonly fields?: Properties | undefined;
}

export type Properties = Readonly<Record<string, Property>>;

/** The fields of an object that a schema describes. `given` decides which form counts where there are several. */
export function propertiesOf(schema: z.ZodType, given: unknown): Properties {
  return fieldsOf(nodeSchema.parse(z.toJSONSchema(schema, { io: 'input' })), given) ?? {};
}

/** The part of JSON Schema that the requests use. */
const nodeSchema = z.object({
  type: z.string().optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  enum: z.array(z.string()).optional(),
  const: z.unknown().optional(),
  default: z.union([z.number(), z.string(), z.boolean()]).optional(),
  required: z.array(z.string()).optional(),
  get properties() {
    return z.record(z.string(), nodeSchema).optional();
  },
  get oneOf() {
    return z.array(nodeSchema).optional();
  },
});

type Node = z.infer<typeof nodeSchema>;

function fieldsOf(node: Node, given: unknown): Properties | undefined {
  if (node.oneOf !== undefined) return formsOf(node.oneOf, given);
  if (node.properties === undefined) return undefined;
  const required = node.required ?? [];
  return Object.fromEntries(
    Object.entries(node.properties).map(([name, property]) => [
      name,
      propertyOf(property, required.includes(name), valueAt(given, name)),
    ]),
  );
}

function propertyOf(node: Node, isRequired: boolean, given: unknown): Property {
  const { type, minimum, maximum, enum: choices, default: preset } = node;
  const isObject = node.oneOf !== undefined || type === 'object';
  return {
    type: isObject ? 'object' : type,
    minimum,
    maximum,
    enum: choices,
    default: preset,
    isRequired,
    fields: fieldsOf(node, given),
  };
}

/** The fields of the form whose constants were given; of none, the constants themselves with the values that they can have. */
function formsOf(forms: readonly Node[], given: unknown): Properties | undefined {
  const chosen = forms.find((form) =>
    constantsOf(form).every(([name, value]) => valueAt(given, name) === value),
  );
  if (chosen !== undefined) {
    return { ...fieldsOf(chosen, given), ...discriminators(forms) };
  }
  return discriminators(forms);
}

function discriminators(forms: readonly Node[]): Properties {
  const choices = new Map<string, string[]>();
  for (const [name, value] of forms.flatMap(constantsOf)) {
    choices.set(name, [...(choices.get(name) ?? []), String(value)]);
  }
  return Object.fromEntries(
    [...choices].map(([name, values]) => [name, { enum: values, isRequired: true }] as const),
  );
}

function constantsOf({ properties = {} }: Node): [string, unknown][] {
  return Object.entries(properties).flatMap(([name, node]) =>
    node.const === undefined ? [] : [[name, node.const] as [string, unknown]],
  );
}

export function valueAt(input: unknown, field: string): unknown {
  return typeof input === 'object' && input !== null ? new Map(Object.entries(input)).get(field) : undefined;
}
