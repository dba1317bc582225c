/** Rows that a completed command gave or changed, by its tag: `SELECT 3`, `INSERT 0 5`. 0 where it tells none. */
export function countInTag(message: unknown): number {
  const tag = typeof message === 'object' && message !== null && 'text' in message ? message.text : '';
  const count = typeof tag === 'string' ? Number(tag.slice(tag.lastIndexOf(' ') + 1)) : Number.NaN;
  return Number.isInteger(count) ? count : 0;
}
