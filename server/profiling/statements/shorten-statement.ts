import { type SqlToken, sqlTokens } from './sql-tokens.ts';

/**
 * A part of a statement that is no longer than so many characters and has no bracket without its other half: what is
 * left out is an ellipsis, and brackets that it was in are closed behind it.
 */
export function shortenStatement(text: string, longest: number): string {
  if (text === '') return '';
  const parts = balancedParts(text, longest);
  const whole = parts.at(-1);
  if (whole?.text.length === text.length && whole.closing === '') return text;
  const fitting = parts.filter((part) => cutAt(part).length <= longest);
  const best = fitting.findLast(({ isSensible, text }) => isSensible && text.length > longest / 2);
  const cut = best ?? fitting.findLast(({ isBoundary }) => isBoundary) ?? fitting.at(-1);
  return cut === undefined
    ? `${withoutBrackets(text)
        .slice(0, longest - 1)
        .toWellFormed()
        .trimEnd()}…`
    : cutAt(cut);
}

/** The beginning of a statement up to a token. */
interface Part {
  readonly text: string;
  /** What its open brackets are closed with. */
  readonly closing: string;
  /** Behind it stands a space. */
  readonly isBoundary: boolean;
  /** Behind it begins another condition, or another item of a list. */
  readonly isSensible: boolean;
}

function cutAt({ text, closing }: Part): string {
  const begin = text.trimEnd();
  return `${begin}${/[([]$/.test(begin) ? '' : ' '}…${closing}`;
}

const CLOSING: Readonly<Record<string, string>> = { '(': ')', '[': ']' };

/** Up to the first bracket that closes none; no more than is needed to see that the text is too long. */
function balancedParts(text: string, longest: number): readonly Part[] {
  const tokens = [...sqlTokens(text.slice(0, longest * 2))];
  const parts: Part[] = [];
  let begin = '';
  let closing = '';
  for (const [at, { kind, text: token }] of tokens.entries()) {
    if (kind === 'sign' && /[)\]]/.test(token)) {
      if (!closing.startsWith(token)) break;
      closing = closing.slice(1);
    }
    if (kind === 'sign') closing = (CLOSING[token] ?? '') + closing;
    begin += token;
    if (begin.length > longest) break;
    parts.push({ text: begin, closing, ...whatFollows(token, tokens.slice(at + 1, at + 3)) });
  }
  return parts;
}

function whatFollows(token: string, [next, afterNext]: readonly SqlToken[]) {
  const isBoundary = next === undefined || next.kind === 'space' || token === ',';
  return {
    isBoundary,
    isSensible: token === ',' || (isBoundary && /^(?:and|or)$/i.test(afterNext?.text ?? '')),
  };
}

/** Of one name that alone is too long. */
function withoutBrackets(text: string): string {
  return text.replaceAll(/[()[\]]/g, '');
}
