import type { ErrorResponse } from '../../server/protocol/error-response.ts';
import { element } from '../element.ts';

/** What has happened, mostly what went wrong, and what to do about it, with buttons to do it. */
export function notice(
  error: Pick<ErrorResponse, 'message'> & {
    readonly advice?: string | undefined;
    /** Nothing went wrong: what the user wanted has happened. */
    readonly isNeutral?: true;
  },
  ...actions: readonly Node[]
): HTMLElement {
  return element(
    'div',
    error.isNeutral
      ? { class: 'notice is-neutral', attributes: { role: 'status' } }
      : { class: 'notice', attributes: { role: 'alert' } },
    element('p', { class: 'notice-message', text: error.message }),
    ...(error.advice === undefined || error.advice === '' ? [] : [element('p', { text: error.advice })]),
    ...(actions.length === 0 ? [] : [element('p', {}, ...actions)]),
  );
}

/** An error of whatever kind as something to show. */
export function faultOf(error: unknown): { message: string; advice?: string } {
  if (!(error instanceof Error)) return { message: String(error) };
  const advice = 'advice' in error && typeof error.advice === 'string' ? { advice: error.advice } : {};
  return { message: error.message, ...advice };
}
