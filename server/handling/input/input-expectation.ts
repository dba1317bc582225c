import * as z from 'zod';

/** What may stand where the issue is, as the end of a sentence that begins with "must be". */
export function expectationOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return wordFor[issue.expected] ?? `of type ${issue.expected}`;
    case 'invalid_format':
      return formats[issue.format] ?? `text in the format ${issue.format}`;
    case 'invalid_value':
      return oneOf(issue.values);
    case 'too_small':
      return sized(issue.origin, issue.exact ? 'exactly' : 'at least', issue.minimum);
    case 'too_big':
      return sized(issue.origin, issue.exact ? 'exactly' : 'at most', issue.maximum);
    case 'not_multiple_of':
      return `a multiple of ${issue.divisor}`;
    case 'invalid_union':
      return 'options' in issue && issue.options !== undefined
        ? oneOf(issue.options)
        : 'in one of the forms that the handler knows';
    case 'custom':
      return `valid: ${issue.message}`;
    default:
      return 'in the form that the handler knows';
  }
}

/**
 * What a refinement of the schema expects, in its own words: `.refine(isEven, { params: { expected: 'an even number' } })`.
 * Undefined where something else is at fault.
 */
export function refinementOf(issue: z.core.$ZodIssue): string | undefined {
  const expected: unknown = issue.code === 'custom' ? issue.params?.['expected'] : undefined;
  return typeof expected === 'string' ? expected : undefined;
}

/** The schema's own words for what stands at the path, from `.describe()`. */
export function describedAt(schema: z.ZodType, path: readonly PropertyKey[]): string | undefined {
  return schemaAt(schema, path)?.description;
}

/** The names of the fields of the object at the path; none if it is no object of fixed fields. */
export function fieldsAt(schema: z.ZodType, path: readonly PropertyKey[]): readonly string[] {
  return Object.keys(schemaAt(schema, path)?.properties ?? {});
}

/** The part of JSON Schema that leads from an object to its fields. */
const nodeSchema = z.object({
  description: z.string().optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  items: z.unknown().optional(),
});

function schemaAt(schema: z.ZodType, path: readonly PropertyKey[]) {
  // Unrepresentable are dates and transformations: what they are made of is text, which JSON Schema can say.
  let node: unknown = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any', reused: 'inline' });
  for (const key of path) {
    const parsed = nodeSchema.safeParse(node);
    if (!parsed.success) return undefined;
    const { properties, items } = parsed.data;
    node = typeof key === 'number' ? items : properties?.[String(key)];
  }
  return nodeSchema.safeParse(node).data;
}

function sized(origin: string, bound: string, size: number | bigint): string {
  const unit = units[origin];
  if (unit === undefined) return `${bound} ${size}`;
  return `${bound} ${size} ${size === 1 ? unit : `${unit}s`} long`;
}

function oneOf(values: readonly unknown[]): string {
  const shown = values.map((value) => (typeof value === 'string' ? JSON.stringify(value) : String(value)));
  return shown.length === 1 ? (shown[0] ?? '') : `one of ${shown.join(', ')}`;
}

const units: Readonly<Record<string, string>> = { string: 'character', array: 'element' };

const wordFor: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'an object',
  record: 'an object',
  array: 'a list',
  tuple: 'a list',
  date: 'a valid date',
  null: 'null',
};

const formats: Readonly<Record<string, string>> = {
  uuid: 'a UUID',
  guid: 'a UUID',
  email: 'an e-mail address',
  url: 'a URL',
  datetime: 'a date and time such as "2026-01-31T12:00:00Z"',
  date: 'a date such as "2026-01-31"',
  safeint: 'a whole number from −(2^53 − 1) to 2^53 − 1',
};
