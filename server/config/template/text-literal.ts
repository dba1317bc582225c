/**
 * A text as a string of JavaScript on one line. It comes out of files of the workspace and must not end the string, nor
 * the comment that the string may stand in; what is not seen (marks that turn the direction of writing) is written out.
 */
export function textLiteral(text: string): string {
  const escaped = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'");
  return `'${escaped.replaceAll(UNSEEN, (mark) => `\\u{${mark.codePointAt(0)?.toString(16)}}`)}'`;
}

/** For a comment, which a line break ends, and for a terminal. */
export function onOneLine(text: string): string {
  return text.replaceAll(UNSEEN, ' ');
}

const UNSEEN = /[\p{Cc}\p{Cf}\u2028\u2029]/gu;
