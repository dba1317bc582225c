import type * as z from 'zod';
import { attachRequestSchema } from './attach.ts';
import type { ErrorResponse } from './error-response.ts';
import { type Properties, type Property, propertiesOf, valueAt } from './request-properties.ts';
import { profileRequestSchema, type RunRequest, runRequestSchema, seedRequestSchema } from './run.ts';
import { simulationRequestSchema } from './simulation-request.ts';
import { explainRequestSchema } from './statement-plan.ts';

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
  const properties = propertiesOf(requestSchemas[kindOf(input)], input);
  const path = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') {
    return unknownField([...path, issue.keys[0] ?? ''], fieldsAt(properties, path));
  }
  if (path.length === 0) return notAnObject(input);
  const field = path.join('.');
  if (field === 'kind') return unknownKind(valueAt(input, field));
  if (issue.code === 'custom') return contradiction(issue, field);
  const property = fieldsAt(properties, path.slice(0, -1))[path.at(-1) ?? ''];
  return {
    code: 'invalid_request',
    field,
    message: `${field} must be ${property ? rangeOf(property) : 'something else'}; ${given(path.reduce(valueAt, input))}.`,
    advice: adviceFor(field, property),
  };
}

/** The fields of the object at a path. */
function fieldsAt(properties: Properties, path: readonly string[]): Properties {
  return path.reduce((fields: Properties, name) => fields[name]?.fields ?? {}, properties);
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
  if (property?.fields !== undefined)
    return `Give ${example(field, property.fields)}, or leave ${field} out.`;
  if (property?.type === 'object') return `Give the fields that the handler knows, or leave ${field} out.`;
  return property?.isRequired === false ? `Leave ${field} out if it does not matter.` : `Give ${field}.`;
}

/** An object with the first of what may stand in each of its fields that cannot be left out. */
function example(field: string, fields: Properties): string {
  const values = Object.entries(fields).flatMap(([name, { isRequired, enum: choices }]) =>
    isRequired && choices !== undefined ? [`${JSON.stringify(name)}:${JSON.stringify(choices[0])}`] : [],
  );
  return `for example ${JSON.stringify(field)}:{${values.join(',')}}`;
}

function unknownField(path: readonly string[], properties: Properties): ErrorResponse {
  const [name = ''] = path.slice(-1);
  const place = path.length > 1 ? path.slice(0, -1).join('.') : 'this request';
  return {
    code: 'invalid_request',
    field: path.join('.'),
    message: `There is no field ${JSON.stringify(name.slice(0, 40))} in ${place}.`,
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

const requestSchemas = {
  profile: profileRequestSchema,
  seed: seedRequestSchema,
  simulation: simulationRequestSchema,
  explain: explainRequestSchema,
  attach: attachRequestSchema,
};
const runKinds = Object.keys(requestSchemas);

function kindOf(input: unknown): keyof typeof requestSchemas {
  const kind = valueAt(input, 'kind');
  return isKind(kind) ? kind : 'profile';
}

function isKind(kind: unknown): kind is keyof typeof requestSchemas {
  return typeof kind === 'string' && Object.hasOwn(requestSchemas, kind);
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
