/**
 * A statement's text without what differs from one execution to the next: comments, line breaks, and the values that
 * stand in it. Lists of values count as one however long they are, so that every batch of a bulk insert is one statement.
 */
export function normaliseStatement(text: string): string {
  const plain = text.replace(TOKENS, (token) => {
    if (token.startsWith('"') || /^\$\d+$/.test(token)) return token;
    if (token.startsWith('--') || token.startsWith('/*') || /^\s/.test(token)) return ' ';
    return '?';
  });
  return plain
    .replace(/ {2,}/g, ' ')
    .replace(/((?:\?|\$\d+))(?: ?, ?(?:\?|\$\d+))+/g, '$1, …')
    .replace(/(\((?:\?|\$\d+)(?:, …)?\))(?: ?, ?\((?:\?|\$\d+)(?:, …)?\))+/g, '$1, …')
    .trim();
}

/** What is not taken as it stands; texts and quoted names first, so that nothing inside of them counts. */
const TOKENS = new RegExp(
  [
    String.raw`\b[eE]'(?:[^'\\]|''|\\[\s\S])*'`,
    `'(?:[^']|'')*'`,
    String.raw`\$([A-Za-z_]\w*)?\$[\s\S]*?\$\1\$`,
    `"(?:[^"]|"")*"`,
    String.raw`--[^\n]*`,
    String.raw`\/\*[\s\S]*?\*\/`,
    String.raw`\$\d+`,
    String.raw`\b\d+(?:\.\d+)?(?:[eE][+-]?\d+)?\b`,
    String.raw`\s+`,
  ].join('|'),
  'g',
);
