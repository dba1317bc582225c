import { l10n, window } from 'vscode';
import { MAX_ITERATIONS } from '../../server/protocol/run.ts';

/** Asks how often the handler is to be executed; undefined when the user closes the input. */
export async function askIterations(handler: string, usual: number): Promise<number | undefined> {
  const text = await window.showInputBox({
    title: l10n.t('Profile {0}', handler),
    prompt: l10n.t('How many times to execute it under the profiler'),
    value: String(usual),
    validateInput: (value) => (parseIterations(value) === undefined ? outOfRange() : undefined),
  });
  return text === undefined ? undefined : parseIterations(text);
}

export function parseIterations(text: string): number | undefined {
  const digits = text.trim();
  if (!/^\d{1,9}$/.test(digits)) return undefined;
  const iterations = Number(digits);
  return iterations >= 1 && iterations <= MAX_ITERATIONS ? iterations : undefined;
}

function outOfRange(): string {
  return l10n.t('Give a whole number from 1 to {0}.', MAX_ITERATIONS.toLocaleString());
}
