/**
 * A text that two inputs share only if they are the same: names of fields in order, each kind of value in its own form.
 * Undefined for what cannot be told by its content, such as functions, objects with a class of their own, cycles.
 */
export function inputKey(input: unknown): string | undefined {
  try {
    return keyOf(input, 0);
  } catch (fault) {
    if (fault instanceof NoKey) return undefined;
    throw fault;
  }
}

class NoKey extends Error {}

// Far deeper than any input; what is deeper leads back to itself.
const deepest = 50;

function keyOf(value: unknown, depth: number): string {
  if (depth > deepest) throw new NoKey();
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value);
    case 'number':
      return Object.is(value, -0) ? '-0' : String(value);
    case 'bigint':
      return `${value}n`;
    case 'boolean':
    case 'undefined':
      return String(value);
    case 'object':
      return value === null ? 'null' : keyOfObject(value, depth + 1);
    default:
      throw new NoKey();
  }
}

// Parentheses and an unquoted name: no JSON value looks like that.
function keyOfObject(value: object, depth: number): string {
  if (Array.isArray(value)) return `[${listOf(value, depth)}]`;
  if (value instanceof Date) return `Date(${value.getTime()})`;
  if (value instanceof Set) return `Set(${listOf([...value], depth)})`;
  if (value instanceof Map) return `Map(${listOf([...value], depth)})`;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) throw new NoKey();
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${keyOf(field, depth)}`).join(',')}}`;
}

function listOf(values: readonly unknown[], depth: number): string {
  // Not map(): it leaves out the holes of a list.
  return Array.from(values, (value) => keyOf(value, depth)).join(',');
}
