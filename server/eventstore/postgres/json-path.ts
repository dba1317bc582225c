import type { Predicate } from '../predicate.ts';

/**
 * A jsonpath that holds when a payload has one of the text fields. `strict` keeps it from
 * looking into arrays. JSON's own quoting is jsonpath's, so no name or value can break out of it.
 * https://www.postgresql.org/docs/current/functions-json.html#FUNCTIONS-SQLJSON-PATH
 */
export function anyOfPath(fields: readonly Predicate[]): string {
  const comparisons = fields.map(({ key, value }) => `$.${JSON.stringify(key)} == ${JSON.stringify(value)}`);
  return `strict ${balanced(comparisons)}`;
}

// PostgreSQL walks the path by recursion: a chain of 10,000 would exceed its stack, a tree is 14 levels deep.
function balanced(comparisons: readonly string[]): string {
  if (comparisons.length <= 2) return comparisons.join(' || ');
  const middle = comparisons.length >> 1;
  return `(${balanced(comparisons.slice(0, middle))}) || (${balanced(comparisons.slice(middle))})`;
}
