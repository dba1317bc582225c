import { element } from '../element.ts';

/** Long enough for the browser to hand the address on, or to ask whether it may. */
const KEPT_MS = 60_000;

/**
 * Hands an address to the program that is registered for it. In a frame of its own and not by navigation: a browser
 * that knows no such program would leave the page, or wait with it for ever.
 */
export function openInEditor(address: string): void {
  const frame = element('iframe', { class: 'page-handover', attributes: { 'aria-hidden': 'true' } });
  frame.tabIndex = -1;
  frame.src = address;
  document.body.append(frame);
  setTimeout(() => frame.remove(), KEPT_MS);
}
