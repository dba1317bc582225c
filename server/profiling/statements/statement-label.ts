import { shortenStatement } from './shorten-statement.ts';
import { type SqlNode, splitAt, sqlNodes } from './sql-nodes.ts';
import { type StatementSubject, statementSubject } from './statement-subject.ts';

const LONGEST = 90;

/**
 * A normalised statement in a few words: what it does to which table, and the beginning of its condition. Of several
 * statements the first that changes rows is told, else the first with a table.
 */
export function statementLabel(text: string): string {
  const statements = splitAt(sqlNodes(text), (word) => word === ';');
  const subjects = statements.flatMap((nodes) => statementSubject(nodes) ?? []);
  const telling = subjects.find(({ verb }) => verb !== 'SELECT') ?? subjects[0];
  return shortenStatement(
    telling === undefined ? (lastOf(text, statements) ?? text) : labelOf(text, telling),
    LONGEST,
  );
}

/** What was sent last of what was sent together. */
function lastOf(text: string, statements: readonly (readonly SqlNode[])[]): string | undefined {
  const first = statements.findLast((nodes) => text.slice(0, nodes[0]?.begin).endsWith(';\n'))?.[0];
  return first === undefined ? undefined : text.slice(first.begin);
}

function labelOf(text: string, { verb, table, condition }: StatementSubject): string {
  const what = verb === 'SELECT' ? 'SELECT … FROM' : verb;
  const name = table.map(({ begin, end }) => plain(text.slice(begin, end))).join('');
  const [from, to] = [condition[0]?.begin ?? 0, condition.at(-1)?.end ?? 0];
  return `${what} ${name}${to === 0 ? '' : ` WHERE ${text.slice(from, to)}`}`;
}

/** A quoted name that would be the same without its quotes has none; others stay as they are. */
function plain(name: string): string {
  return /^"[a-z_][a-z\d_$]*"$/.test(name) ? name.slice(1, -1) : name;
}
