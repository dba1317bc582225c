const LONGEST = 90;

/** A normalised statement in a few words: what it does to which table, and the beginning of its condition. */
export function statementLabel(text: string): string {
  const parts = text.split(';\n');
  const telling = parts.find((part) => changes.test(part)) ?? parts.at(-1) ?? text;
  const change = changes.exec(telling);
  if (change) return shortened(`${word(change[1])} ${plain(change[2])}${conditionOf(telling)}`);
  const table = tableOf(telling);
  if (table === undefined) return shortened(telling);
  return shortened(`SELECT … FROM ${plain(table)}${conditionOf(telling)}`);
}

const changes = /\b(INSERT\s+INTO|UPDATE(?!\s+SET\b)|DELETE\s+FROM|MERGE\s+INTO)\s+(?:ONLY\s+)?([\w$."]+)/i;

/** `FROM` of a function's argument names no table, and neither does a function in its place. */
function tableOf(text: string): string | undefined {
  if (!/^\s*\(*(select|with)\b/i.test(text)) return undefined;
  for (const [, name, behind] of text.matchAll(/\bFROM\s+(?:ONLY\s+)?([\w$."]+)(\s*\()?/gi)) {
    if (behind === undefined) return name;
  }
  return undefined;
}

/** That of the outermost WHERE that comes last is the one of the table, in what the event store sends. */
function conditionOf(text: string): string {
  const at = text.search(/\bWHERE\b/i);
  if (at < 0) return '';
  const condition = text.slice(at + 5).replace(/\b(ORDER BY|LIMIT|GROUP BY|RETURNING)\b[\s\S]*$/i, '');
  return ` WHERE ${balanced(condition.trim().replace(/^\(+/, ''))}`;
}

/** Without the brackets at the end whose beginnings are gone. */
function balanced(text: string): string {
  const count = (bracket: string) => text.split(bracket).length - 1;
  const excess = Math.max(0, count(')') - count('('));
  return text.replace(new RegExp(`(\\s*\\)){0,${excess}}\\s*$`), '');
}

function word(verb = ''): string {
  return verb.replace(/\s+/g, ' ').toUpperCase();
}

function plain(name = ''): string {
  return name.replaceAll('"', '');
}

function shortened(text: string): string {
  return text.length > LONGEST
    ? `${text
        .slice(0, LONGEST - 1)
        .toWellFormed()
        .trimEnd()}…`
    : text;
}
