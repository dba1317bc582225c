/**
 * A jsonpath that holds when a payload contains one of the objects, each of one text field. `strict` keeps it from
 * looking into arrays. JSON's own quoting is jsonpath's, so no name or value can break out of it.
 * https://www.postgresql.org/docs/current/functions-json.html#FUNCTIONS-SQLJSON-PATH
 */
export function anyOfPath(contains: readonly object[]): string {
  return `strict ${joined(
    contains.flatMap((part) => fieldsEqual('$', part)),
    '||',
  )}`;
}

/** The comparisons that hold for an object below the path which contains all of these text fields. */
export function fieldsEqual(path: string, fields: object): string[] {
  return Object.entries(fields).map(
    ([key, value]) => `${path}.${JSON.stringify(key)} == ${JSON.stringify(value)}`,
  );
}

/** The predicates as one, of which any or all must hold; there must be one at least. */
export function joined(predicates: readonly string[], operator: '||' | '&&'): string {
  // PostgreSQL walks the path by recursion: a chain of 10,000 would exceed its stack, a tree is 14 levels deep.
  if (predicates.length === 1) return `(${predicates[0]})`;
  const middle = predicates.length >> 1;
  return `(${joined(predicates.slice(0, middle), operator)} ${operator} ${joined(predicates.slice(middle), operator)})`;
}
