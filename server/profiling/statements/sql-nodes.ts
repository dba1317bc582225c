import { type SqlToken, sqlTokens } from './sql-tokens.ts';

/** A token that is no space, or a pair of brackets with what stands in it. */
export interface SqlNode {
  /** An unquoted name or keyword in lower case, or a sign; empty for all else, so that nothing quoted is a keyword. */
  readonly word: string;
  readonly isName: boolean;
  /** Of a pair of brackets. */
  readonly inner?: readonly SqlNode[];
  /** Where it begins and ends in the text. */
  readonly begin: number;
  readonly end: number;
}

/** A pair of brackets while it is read; also the whole text. */
interface Open {
  readonly closing: string;
  readonly begin: number;
  readonly nodes: SqlNode[];
}

const CLOSING: Readonly<Record<string, string>> = { '(': ')', '[': ']' };

/**
 * A statement's tokens as a tree of its brackets. A bracket that closes none is a sign; what is not closed ends with the
 * text. Takes time in proportion to the text, however deep its brackets are.
 */
export function sqlNodes(text: string): readonly SqlNode[] {
  const whole: Open = { closing: '', begin: 0, nodes: [] };
  const open = [whole];
  const innermost = () => open.at(-1) ?? whole;
  const close = (end: number) => {
    const { begin, nodes: inner } = open.pop() ?? whole;
    innermost().nodes.push({ word: '', isName: false, inner, begin, end });
  };
  let at = 0;
  for (const token of sqlTokens(text)) {
    const [begin, end] = [at, at + token.text.length];
    at = end;
    const closing = token.kind === 'sign' ? CLOSING[token.text] : undefined;
    if (token.kind === 'space') continue;
    if (closing !== undefined) open.push({ closing, begin, nodes: [] });
    else if (token.kind === 'sign' && token.text === innermost().closing) close(end);
    else innermost().nodes.push({ word: wordOf(token), isName: token.kind === 'name', begin, end });
  }
  while (open.length > 1) close(text.length);
  return whole.nodes;
}

function wordOf({ kind, text }: SqlToken): string {
  if (kind === 'sign') return text;
  return kind === 'name' && !text.endsWith('"') ? text.toLowerCase() : '';
}

/** The parts between nodes with certain words; those behind a dot or `AS` are names. Empty parts are left out. */
export function splitAt(nodes: readonly SqlNode[], isBorder: (word: string) => boolean): SqlNode[][] {
  const parts: SqlNode[][] = [[]];
  for (const [at, node] of nodes.entries()) {
    if (isBorder(node.word) && isKeyword(nodes, at)) parts.push([]);
    else parts.at(-1)?.push(node);
  }
  return parts.filter((part) => part.length > 0);
}

/** The place of the first such keyword from a place on, -1 for none. */
export function keywordAt(nodes: readonly SqlNode[], isWanted: (word: string) => boolean, from = 0): number {
  for (let at = from; at < nodes.length; at++) {
    if (isWanted(nodes[at]?.word ?? '') && isKeyword(nodes, at)) return at;
  }
  return -1;
}

/** Every word may be the name of a column, behind a dot or `AS`. */
function isKeyword(nodes: readonly SqlNode[], at: number): boolean {
  const before = nodes[at - 1]?.word;
  return before !== '.' && before !== 'as';
}
