/** The part of a request that was typed as JSON: nothing when nothing was typed. */
export function inputOfText(text: string): { readonly input?: unknown } | { readonly fault: string } {
  if (text.trim() === '') return {};
  try {
    return { input: JSON.parse(text) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { fault: `Input must be a JSON object such as {"readerID": "…"}. ${reason}` };
  }
}

export function textOfInput(input: Readonly<Record<string, unknown>> | undefined): string {
  return input === undefined ? '' : JSON.stringify(input);
}
