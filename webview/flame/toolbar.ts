import { VIEWS, type View } from '../../server/protocol/profile/call-tree.ts';
import { button } from '../controls.ts';
import { element } from '../element.ts';
import type { Intent } from './keys.ts';

const NAMES: Readonly<Record<View, readonly [name: string, meaning: string]>> = {
  phases: ['Phases', 'Stacks grouped under handler and phase (1)'],
  'left-heavy': ['Left heavy', 'Equal stacks merged, widest first (2)'],
  'time-order': ['Time order', 'What ran when (3)'],
};

/** The switch between views, and buttons for what the keys and the wheel do. */
export class Toolbar {
  readonly root = element('div', { class: 'flame-toolbar' });
  readonly #views = new Map<View, HTMLInputElement>();

  constructor(perform: (intent: Intent) => void, search: HTMLElement) {
    this.root.append(
      this.#viewSwitch(perform),
      search,
      element(
        'div',
        { class: 'flame-buttons' },
        button({
          text: '\u2212',
          title: 'Zoom out (-)',
          appearance: 'icon',
          pressed: () => perform({ do: 'zoom', factor: 1 / 1.5 }),
        }),
        button({
          text: '+',
          title: 'Zoom in (+)',
          appearance: 'icon',
          pressed: () => perform({ do: 'zoom', factor: 1.5 }),
        }),
        button({
          text: '\u21d4',
          title: 'Show everything (0)',
          appearance: 'icon',
          pressed: () => perform({ do: 'show-all' }),
        }),
        button({
          text: '?',
          title: 'Keys (?)',
          appearance: 'icon',
          pressed: () => perform({ do: 'show-keys' }),
        }),
      ),
    );
  }

  choose(view: View): void {
    const input = this.#views.get(view);
    if (input !== undefined) input.checked = true;
  }

  /** Native radio buttons: arrow keys and screen readers work without a line of code. */
  #viewSwitch(perform: (intent: Intent) => void): HTMLElement {
    const group = element('div', {
      class: 'flame-views',
      attributes: { role: 'radiogroup', 'aria-label': 'View' },
    });
    for (const view of VIEWS) {
      const [name, meaning] = NAMES[view];
      const input = element('input', { attributes: { type: 'radio', name: 'flame-view', value: view } });
      input.addEventListener('change', () => perform({ do: 'view', view }));
      this.#views.set(view, input);
      group.append(
        element('label', { attributes: { title: meaning } }, input, element('span', { text: name })),
      );
    }
    return group;
  }
}
