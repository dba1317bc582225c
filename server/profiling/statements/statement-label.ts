import { shortenStatement } from './shorten-statement.ts';
import { sqlTokens } from './sql-tokens.ts';

const LONGEST = 90;

/** A normalised statement in a few words: what it does to which table, and the beginning of its condition. */
export function statementLabel(text: string): string {
  const parts = text.split(';\n');
  const telling = parts.find((part) => changes.test(part)) ?? parts.at(-1) ?? text;
  const change = changes.exec(telling);
  if (change) return label(`${word(change[1])} ${plain(change[2])}${conditionOf(telling)}`);
  const table = tableOf(telling);
  if (table === undefined) return label(telling);
  return label(`SELECT … FROM ${plain(table)}${conditionOf(telling)}`);
}

const changes =
  /\b(INSERT\s+INTO|UPDATE(?!\s+SET\b)|DELETE\s+FROM|MERGE\s+INTO)\s+(?:ONLY\s+)?((?:"[^"]*"|[\w$.])+)/i;

/** `FROM` of a function's argument names no table, and neither does a function in its place. */
function tableOf(text: string): string | undefined {
  if (!/^\s*\(*(select|with)\b/i.test(text)) return undefined;
  for (const [, name, behind] of text.matchAll(/\bFROM\s+(?:ONLY\s+)?((?:"[^"]*"|[\w$.])+)(\s*\()?/gi)) {
    if (behind === undefined) return name;
  }
  return undefined;
}

const BEHIND = /^(?:order|limit|offset|fetch|group|having|window|returning|union|except|intersect|for)$/i;

/** That of the first WHERE, which is the one of the table in what the event store sends, up to the end of its query. */
function conditionOf(text: string): string {
  const at = text.search(/\bWHERE\b/i);
  if (at < 0) return '';
  let depth = 0;
  let condition = '';
  for (const { kind, text: token } of sqlTokens(text.slice(at + 5))) {
    if (kind === 'sign') depth += token === '(' ? 1 : token === ')' ? -1 : 0;
    if (depth < 0 || (depth === 0 && (token === ';' || (kind === 'name' && BEHIND.test(token))))) break;
    condition += token;
  }
  return ` WHERE ${withoutOuterBrackets(condition.trim())}`;
}

/** `a = $1` of `((a = $1))`, and all of `(a) AND (b)`. */
function withoutOuterBrackets(text: string): string {
  if (!text.startsWith('(') || !text.endsWith(')')) return text;
  let depth = 0;
  let rest = text.length;
  for (const { kind, text: token } of sqlTokens(text)) {
    rest -= token.length;
    if (kind === 'sign') depth += token === '(' ? 1 : token === ')' ? -1 : 0;
    if (depth === 0 && rest > 0) return text;
  }
  return depth === 0 ? withoutOuterBrackets(text.slice(1, -1).trim()) : text;
}

function word(verb = ''): string {
  return verb.replace(/\s+/g, ' ').toUpperCase();
}

function plain(name = ''): string {
  return name.replaceAll('"', '');
}

function label(text: string): string {
  return shortenStatement(text, LONGEST);
}
