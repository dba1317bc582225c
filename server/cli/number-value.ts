/** What does not look like a number stays text, so that the sentence shows what was typed. */
export function numberOrText(text: string | undefined): number | string | undefined {
  return text !== undefined && /^[+-]?\d+(\.\d+)?(e\d+)?$/i.test(text) ? Number(text) : text;
}
