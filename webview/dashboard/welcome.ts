import { element } from '../element.ts';

/** What stands in place of the picture until there is one. */
export function welcome(): HTMLElement {
  return element(
    'div',
    { class: 'welcome' },
    element('h2', { text: 'See where a handler spends its time' }),
    element('p', {
      text:
        'Choose a handler and press Profile. It runs again and again on the real database, and its calls are ' +
        'sampled while it does. The result is a flame graph: every function is a box, the wider, the more time, ' +
        'and what it calls hangs below it.',
    }),
    element('p', {
      text:
        'Colours are the phases of the event store, from building the query over reading and decoding rows to ' +
        'projecting events. Hatched boxes are time in which the handler waited.',
    }),
  );
}
