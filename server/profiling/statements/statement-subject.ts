import { keywordAt, type SqlNode, splitAt } from './sql-nodes.ts';

/** What a statement does to which table, as nodes of its text. */
export interface StatementSubject {
  /** `SELECT`, `INSERT INTO`, `UPDATE`, `DELETE FROM` or `MERGE INTO` */
  readonly verb: string;
  /** Its name with the schema's. */
  readonly table: readonly SqlNode[];
  /** Of the query in which the table stands, else of one around it; empty for none. */
  readonly condition: readonly SqlNode[];
}

/**
 * The subject of one statement; undefined if it is none with a table. Of a query it is the first table in its FROM, else
 * in the queries that stand there. Before a main query that only reads counts what one of its WITH changes.
 */
export function statementSubject(nodes: readonly SqlNode[]): StatementSubject | undefined {
  const { inBrackets, main } = statementParts(withoutBrackets(nodes));
  const own = changeOf(main);
  if (own !== undefined) return own;
  for (const part of inBrackets) {
    const change = changeOf(statementParts(part).main);
    if (change !== undefined) return change;
  }
  return subjectOfQuery(main, 0);
}

/** Of `WITH a AS (…), b AS (…) main` the contents of brackets, and the main statement. */
function statementParts(nodes: readonly SqlNode[]) {
  if (nodes[0]?.word !== 'with') return { inBrackets: [], main: nodes };
  // Behind these stands the name of a query, which may be `update`.
  const begin = nodes.findIndex(
    ({ word, inner }, at) =>
      (VERBS.has(word) || isQuery(inner)) &&
      !['with', 'recursive', ',', 'as', 'materialized'].includes(nodes[at - 1]?.word ?? ''),
  );
  const end = begin < 0 ? nodes.length : begin;
  return {
    inBrackets: nodes.slice(0, end).flatMap(({ inner }) => (inner ? [inner] : [])),
    main: nodes.slice(end),
  };
}

const VERBS = new Set(['select', 'insert', 'update', 'delete', 'merge', 'values', 'table']);

/** And what stands behind the verb. */
const CHANGES: ReadonlyMap<string, readonly string[]> = new Map([
  ['insert', ['into']],
  ['update', []],
  ['delete', ['from']],
  ['merge', ['into']],
]);

function changeOf(nodes: readonly SqlNode[]): StatementSubject | undefined {
  const words = CHANGES.get(nodes[0]?.word ?? '');
  if (words?.every((word, at) => nodes[at + 1]?.word === word) !== true) return undefined;
  const verb = [nodes[0]?.word ?? '', ...words].join(' ').toUpperCase();
  const table = nameIn(nodes.slice(words.length + 1));
  if (table.length === 0) return undefined;
  // An INSERT has none: those in it are of the query that it takes rows from, and of its ON CONFLICT.
  return { verb, table, condition: verb === 'INSERT INTO' ? [] : conditionOf(nodes) };
}

/** More queries in queries are looked into by nobody. */
const DEEPEST = 50;

function subjectOfQuery(given: readonly SqlNode[], depth: number): StatementSubject | undefined {
  if (depth > DEEPEST) return undefined;
  const arms = splitAt(withoutBrackets(given), (word) => SET_OPERATIONS.has(word));
  for (const arm of arms) {
    const found = subjectOfArm(arm, depth);
    if (found !== undefined) return found;
  }
  return undefined;
}

const SET_OPERATIONS = new Set(['union', 'intersect', 'except']);

/** @param given such as `ALL (SELECT …)` or `SELECT …` */
function subjectOfArm(given: readonly SqlNode[], depth: number): StatementSubject | undefined {
  const arm = ['all', 'distinct'].includes(given[0]?.word ?? '') ? given.slice(1) : given;
  const nodes = withoutBrackets(arm);
  if (nodes.length !== arm.length || nodes[0]?.word === 'with')
    return subjectOfQuery(statementParts(nodes).main, depth + 1);
  if (nodes[0]?.word !== 'select') return undefined;
  const from = fromAt(nodes);
  if (from < 0) return undefined;
  const end = keywordAt(nodes, (word) => word === 'where' || BEHIND.has(word), from + 1);
  const condition = conditionOf(nodes);
  return subjectOfFrom(nodes.slice(from + 1, end < 0 ? nodes.length : end), { condition, depth });
}

/** `FROM` of `a IS DISTINCT FROM b` begins no list of tables. */
function fromAt(nodes: readonly SqlNode[]): number {
  for (let at = keywordAt(nodes, isFrom); at >= 0; at = keywordAt(nodes, isFrom, at + 1)) {
    const [first, second] = [nodes[at - 2]?.word ?? '', nodes[at - 1]?.word];
    if (second !== 'distinct' || !['is', 'not'].includes(first)) return at;
  }
  return -1;
}

function isFrom(word: string): boolean {
  return word === 'from';
}

interface Around {
  readonly condition: readonly SqlNode[];
  readonly depth: number;
}

/** Tables count before queries, also those of joins in brackets. */
function subjectOfFrom(nodes: readonly SqlNode[], around: Around): StatementSubject | undefined {
  const { condition, depth } = around;
  if (depth > DEEPEST) return undefined;
  const items = splitAt(nodes, (word) => word === ',' || word === 'join').map(withoutModifiers);
  for (const item of items) {
    const found = subjectOfItem(item, around);
    if (found !== undefined) return found;
  }
  for (const [first] of items) {
    if (!isQuery(first?.inner)) continue;
    const found = subjectOfQuery(statementParts(withoutBrackets(first?.inner ?? [])).main, depth + 1);
    if (found !== undefined) return found.condition.length > 0 ? found : { ...found, condition };
  }
  return undefined;
}

/** Of a table, or of joins in brackets. */
function subjectOfItem(item: readonly SqlNode[], { condition, depth }: Around): StatementSubject | undefined {
  const inner = item[0]?.inner;
  if (inner !== undefined && !isQuery(inner)) {
    return subjectOfFrom(withoutBrackets(inner), { condition, depth: depth + 1 });
  }
  const table = nameIn(item);
  const next = item[table.length];
  const isFunction = next?.inner !== undefined || next?.word === 'from';
  return table.length > 0 && !isFunction ? { verb: 'SELECT', table, condition } : undefined;
}

function withoutModifiers(item: readonly SqlNode[]): readonly SqlNode[] {
  return ['only', 'lateral'].includes(item[0]?.word ?? '') ? item.slice(1) : item;
}

function isQuery(inner: readonly SqlNode[] | undefined): boolean {
  let first = inner?.[0];
  while (first?.inner !== undefined) first = first.inner[0];
  return QUERIES.has(first?.word ?? '');
}

const QUERIES = new Set(['select', 'with', 'values', 'table']);

/** `shop.orders` at the begin, also of `ONLY shop.orders` and `ONLY (shop.orders)`. */
function nameIn(given: readonly SqlNode[]): readonly SqlNode[] {
  const behind = given[0]?.word === 'only' ? given.slice(1) : given;
  const nodes = behind === given ? given : (behind[0]?.inner ?? behind);
  let end = 0;
  while (nodes[end]?.isName === true) {
    if (nodes[end + 1]?.word !== '.') return nodes.slice(0, end + 1);
    end += 2;
  }
  return [];
}

/** What may stand behind a WHERE, or behind FROM. */
const BEHIND = new Set([
  ...['order', 'limit', 'offset', 'fetch', 'group', 'having', 'window', 'for'],
  ...['returning', ...SET_OPERATIONS],
]);

function conditionOf(nodes: readonly SqlNode[]): readonly SqlNode[] {
  const where = keywordAt(nodes, (word) => word === 'where');
  if (where < 0) return [];
  const end = keywordAt(nodes, (word) => BEHIND.has(word), where + 1);
  return withoutBrackets(nodes.slice(where + 1, end < 0 ? nodes.length : end));
}

/** `a = $1` of `((a = $1))`, and all of `(a) AND (b)`. */
function withoutBrackets(given: readonly SqlNode[]): readonly SqlNode[] {
  let nodes = given;
  for (let inner = nodes[0]?.inner; nodes.length === 1 && inner !== undefined; inner = nodes[0]?.inner)
    nodes = inner;
  return nodes;
}
