export interface SqlToken {
  /** `space` holds comments, `value` everything that stands for data, `name` unquoted and quoted names and keywords. */
  readonly kind: 'space' | 'value' | 'name' | 'parameter' | 'sign';
  readonly text: string;
}

/**
 * A statement's tokens by PostgreSQL's rules (https://www.postgresql.org/docs/current/sql-syntax-lexical.html). They add up
 * to the text. What begins and does not end goes on to the end of the text. Takes time in proportion to the text.
 *
 * Where the meaning hangs on a setting, more is taken for a value: a plain text that ends in a backslash goes on if
 * `standard_conforming_strings` is off, so the rest of the statement is one value.
 */
export function* sqlTokens(text: string): Generator<SqlToken> {
  for (let at = 0; at < text.length; ) {
    const kind = RULES.find(({ begins }) => matchAt(begins, text, at) > at);
    const end = kind === undefined ? at + 1 : Math.max(at + 1, kind.endOf(text, at));
    yield { kind: kind?.kind ?? 'sign', text: text.slice(at, end) };
    at = end;
  }
}

interface Rule {
  readonly kind: SqlToken['kind'];
  /** Sticky. */
  readonly begins: RegExp;
  endOf(text: string, at: number): number;
}

const DOLLAR_QUOTE = /\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$/y;

/** The first that fits counts. */
const RULES: readonly Rule[] = [
  { kind: 'space', begins: /\s/y, endOf: (text, at) => matchAt(/\s+/y, text, at) },
  { kind: 'space', begins: /--/y, endOf: (text, at) => matchAt(/--[^\n\r]*/y, text, at) },
  { kind: 'space', begins: /\/\*/y, endOf: endOfComment },
  { kind: 'value', begins: /[eE]'/y, endOf: (text, at) => endOfText(text, at + 2, true) },
  { kind: 'name', begins: /[uU]&"/y, endOf: (text, at) => endOfQuotedName(text, at + 3) },
  { kind: 'value', begins: /[uU]&'/y, endOf: (text, at) => endOfText(text, at + 3, false) },
  {
    kind: 'value',
    begins: /[bBxXnN]?'/y,
    endOf: (text, at) => endOfText(text, text.indexOf("'", at) + 1, false),
  },
  { kind: 'value', begins: DOLLAR_QUOTE, endOf: endOfDollarQuote },
  { kind: 'parameter', begins: /\$\d/y, endOf: (text, at) => matchAt(/\$\d+/y, text, at) },
  { kind: 'name', begins: /"/y, endOf: (text, at) => endOfQuotedName(text, at + 1) },
  {
    kind: 'name',
    begins: /[A-Za-z_\u0080-\uffff]/y,
    endOf: (text, at) => matchAt(/[\w$\u0080-\uffff]+/y, text, at),
  },
  // With what hangs on it: `0xFF`, `1_000`, and letters right behind a number, which older servers take for a name.
  {
    kind: 'value',
    begins: /\.?\d/y,
    endOf: (text, at) => matchAt(/0[xXoObB][\w$]*|(?:\d[eE][+-]\d|[\w$.\u0080-\uffff])+/y, text, at),
  },
];

/** Where the match at a place ends; the place itself for none. */
function matchAt(sticky: RegExp, text: string, at: number): number {
  sticky.lastIndex = at;
  return sticky.test(text) ? sticky.lastIndex : at;
}

/** Comments stand in comments. */
function endOfComment(text: string, at: number): number {
  let depth = 0;
  MARKS.lastIndex = at;
  for (let mark = MARKS.exec(text); mark !== null; mark = MARKS.exec(text)) {
    depth += mark[0] === '/*' ? 1 : -1;
    if (depth === 0) return MARKS.lastIndex;
  }
  return text.length;
}

const MARKS = /\/\*|\*\//g;

/** @param from behind the quote */
function endOfText(text: string, from: number, hasEscapes: boolean): number {
  let begin = from;
  for (;;) {
    const quote = closingQuote(text, begin, hasEscapes);
    if (quote < 0) return text.length;
    if (!hasEscapes && isEscapedElsewhere(text, begin, quote)) return text.length;
    // A text in the next line goes on with this one, by the rules of this one.
    const next = matchAt(CONTINUED, text, quote + 1);
    if (next === quote + 1) return next;
    begin = next;
  }
}

/** White space with a line break in it, with comments to the end of the line, and a quote. */
const CONTINUED = /(?:[ \t\f\v]|--[^\n\r]*)*[\n\r](?:\s|--[^\n\r]*[\n\r])*'/y;

function closingQuote(text: string, from: number, hasEscapes: boolean): number {
  let at = from;
  while (at < text.length) {
    if (text[at] === '\\' && hasEscapes) at += 2;
    else if (text[at] !== "'") at += 1;
    else if (text[at + 1] === "'") at += 2;
    else return at;
  }
  return -1;
}

/** `'\'` alone is what LIKE's ESCAPE is given. */
function isEscapedElsewhere(text: string, begin: number, quote: number): boolean {
  let slashes = 0;
  while (quote - slashes > begin && text[quote - slashes - 1] === '\\') slashes += 1;
  return slashes % 2 === 1 && quote - begin > 1;
}

function endOfDollarQuote(text: string, at: number): number {
  const tag = text.slice(at, matchAt(DOLLAR_QUOTE, text, at));
  const end = text.indexOf(tag, at + tag.length);
  return end < 0 ? text.length : end + tag.length;
}

/** @param from behind the quote */
function endOfQuotedName(text: string, from: number): number {
  for (let at = text.indexOf('"', from); at >= 0; at = text.indexOf('"', at + 2)) {
    if (text[at + 1] !== '"') return at + 1;
  }
  return text.length;
}

/** How many statements a text has: those that a semicolon divides and that are not empty. */
export function statementCount(text: string): number {
  let count = 0;
  let isEmpty = true;
  for (const token of sqlTokens(text)) {
    if (token.text === ';') isEmpty = true;
    else if (token.kind !== 'space') {
      count += isEmpty ? 1 : 0;
      isEmpty = false;
    }
  }
  return count;
}
