import * as z from 'zod';
import type { ErrorResponse } from './error-response.ts';
import { profileRequestSchema, type RunRequest, runRequestSchema, seedRequestSchema } from './run.ts';
import { simulationRequestSchema } from './simulation-request.ts';

export type ParsedRunRequest =
  | { readonly ok: true; readonly request: RunRequest }
  | { readonly ok: false; readonly error: ErrorResponse };

/** Checks what somebody asks for. The error names the field, what may stand there, and what was given. */
export function parseRunRequest(input: unknown): ParsedRunRequest {
  const parsed = runRequestSchema.safeParse(input);
  if (parsed.success) return { ok: true, request: parsed.data };
  const issue = parsed.error.issues[0];
  return { ok: false, error: issue ? faultOf(issue, input) : notAnObject(input) };
}

function faultOf(issue: z.core.$ZodIssue, input: unknown): ErrorResponse {
  const properties = propertiesFor(kindOf(input));
  if (issue.code === 'unrecognized_keys') return unknownField(issue.keys[0] ?? '', properties);
  const field = String(issue.path[0] ?? '');
  if (field === '') return notAnObject(input);
  if (field === 'kind') return unknownKind(valueAt(input, field));
  if (issue.code === 'custom') return contradiction(issue, field);
  const property = properties[field];
  return {
    code: 'invalid_request',
    field,
    message: `${field} must be ${property ? rangeOf(property) : 'something else'}; ${given(valueAt(input, field))}.`,
    advice: adviceFor(field, property),
  };
}

/** Fields that are right one by one and not together; the schema has the sentences. */
function contradiction(issue: z.core.$ZodIssueCustom, field: string): ErrorResponse {
  const advice: unknown = issue.params?.['advice'];
  return {
    code: 'invalid_request',
    field,
    message: issue.message,
    ...(typeof advice === 'string' ? { advice } : {}),
  };
}

function adviceFor(field: string, property: Property | undefined): string {
  if (property?.default !== undefined) return `Leave ${field} out for ${valueText(property.default)}.`;
  if (property?.type === 'object') return `Give the fields that the handler knows, or leave ${field} out.`;
  return property?.isRequired === false ? `Leave ${field} out if it does not matter.` : `Give ${field}.`;
}

function unknownField(field: string, properties: Readonly<Record<string, Property>>): ErrorResponse {
  return {
    code: 'invalid_request',
    field,
    message: `There is no field ${JSON.stringify(field.slice(0, 40))} in this request.`,
    advice: `The fields are ${Object.keys(properties).join(', ')}.`,
  };
}

function unknownKind(value: unknown): ErrorResponse {
  return {
    code: 'invalid_request',
    field: 'kind',
    message: `kind must be ${runKinds.map((kind) => `"${kind}"`).join(' or ')}; ${given(value)}.`,
    advice: 'See server/protocol/run.ts for the kinds of runs and their fields.',
  };
}

function notAnObject(input: unknown): ErrorResponse {
  return {
    code: 'invalid_request',
    message: `A run request must be a JSON object; ${given(input)}.`,
    advice: 'Send for example {"kind":"profile","handler":"BooksInCirculation","iterations":50}.',
  };
}

/** The part of JSON Schema that the requests use. */
const propertySchema = z.object({
  type: z.string().optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  enum: z.array(z.string()).optional(),
  default: z.union([z.number(), z.string(), z.boolean()]).optional(),
});

const objectSchema = z.object({
  properties: z.record(z.string(), propertySchema),
  required: z.array(z.string()),
});

interface Property extends z.infer<typeof propertySchema> {
  readonly isRequired: boolean;
}

const requestSchemas = {
  profile: profileRequestSchema,
  seed: seedRequestSchema,
  simulation: simulationRequestSchema,
};
const runKinds = Object.keys(requestSchemas);

function propertiesFor(kind: keyof typeof requestSchemas): Record<string, Property> {
  const schema = z.toJSONSchema(requestSchemas[kind], { io: 'input' });
  const { properties, required } = objectSchema.parse(schema);
  return Object.fromEntries(
    Object.entries(properties).map(([name, property]) => [
      name,
      { ...property, isRequired: required.includes(name) },
    ]),
  );
}

function kindOf(input: unknown): keyof typeof requestSchemas {
  const kind = valueAt(input, 'kind');
  return kind === 'seed' || kind === 'simulation' ? kind : 'profile';
}

function rangeOf(property: Property): string {
  if (property.enum !== undefined) return property.enum.map((value) => `"${value}"`).join(' or ');
  if (property.type === 'boolean') return 'true or false';
  if (property.type === 'string') return 'a text of 1 to 200 characters';
  if (property.type === 'object') return 'a JSON object';
  const { minimum = 0, maximum = Number.MAX_SAFE_INTEGER } = property;
  const end = maximum === Number.MAX_SAFE_INTEGER ? 'up' : `to ${number(maximum)}`;
  const what = property.type === 'number' ? 'a number' : 'a whole number';
  return `${what} from ${number(minimum)} ${end}`;
}

function given(value: unknown): string {
  if (value === undefined) return 'nothing was given';
  const text = typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? String(value));
  return `${text.length > 60 ? `${text.slice(0, 60)}…` : text} was given`;
}

function valueText(value: number | string | boolean): string {
  return typeof value === 'number' ? number(value) : JSON.stringify(value);
}

function number(value: number): string {
  return value.toLocaleString('en-US');
}

function valueAt(input: unknown, field: string): unknown {
  return typeof input === 'object' && input !== null ? new Map(Object.entries(input)).get(field) : undefined;
}
