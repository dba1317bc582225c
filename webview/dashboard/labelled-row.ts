import { element } from '../element.ts';

/** A field of a form with its label above it and its remarks below. The field names itself to screen readers. */
export function labelledRow(text: string, ...below: readonly HTMLElement[]): HTMLElement {
  const label = element('span', { class: 'form-label', text, attributes: { 'aria-hidden': 'true' } });
  return element('div', { class: 'form-row' }, label, ...below);
}
