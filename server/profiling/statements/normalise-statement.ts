import { type SqlToken, sqlTokens } from './sql-tokens.ts';

/**
 * A statement's text without what differs from one execution to the next: comments, line breaks, and the values that
 * stand in it. Lists of values count as one however long they are, so that every batch of a bulk insert is one statement.
 * A normalised text stays as it is.
 */
export function normaliseStatement(text: string): string {
  const shown: string[] = [];
  for (const token of sqlTokens(text)) {
    const part = shownOf(token);
    if (part !== ' ' || shown.at(-1) !== ' ') shown.push(part);
  }
  return shown
    .join('')
    .replace(/((?:\?|\$\d+))(?: ?, ?(?:\?|\$\d+))+/g, '$1, …')
    .replace(/(\((?:\?|\$\d+)(?:, …)?\))(?: ?, ?\((?:\?|\$\d+)(?:, …)?\))+/g, '$1, …')
    .trim();
}

function shownOf({ kind, text }: SqlToken): string {
  if (kind === 'space') return ' ';
  if (kind !== 'value') return isUnended(text) ? '?' : text;
  return '?';
}

/** A quoted name that does not end holds the rest of the statement. */
function isUnended(text: string): boolean {
  return /^([uU]&)?"/.test(text) && (text.split('"').length - 1) % 2 === 1;
}
