/** A value in a sentence: enough to recognise it, never more, however large it is. */
export function shownValue(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'string') return shownText(value);
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (value instanceof Date || (typeof value === 'object' && value !== null)) return 'an object';
  if (typeof value === 'function' || typeof value === 'symbol') return `a ${typeof value}`;
  return typeof value === 'bigint' ? 'a big integer' : String(value);
}

/** A path in a sentence and as an error's `field`: dotted, each name bounded. */
export function shownPath(path: readonly PropertyKey[]): string {
  const names = path.slice(0, mostNames).map((key) => bounded(String(key), longestName));
  return path.length > mostNames ? `${names.join('.')}….` : names.join('.');
}

// A UUID and a date with time stay whole.
const longestText = 60;
const longestName = 40;
const mostNames = 8;

// Cut before it is quoted: quoting a text of 100 MB takes as much again.
function shownText(text: string): string {
  const start = JSON.stringify(text.slice(0, longestText).toWellFormed());
  return text.length > longestText ? `${start.slice(0, -1)}…"` : start;
}

function bounded(text: string, longest: number): string {
  return text.length > longest ? `${text.slice(0, longest).toWellFormed()}…` : text;
}
