import { button, textField } from '../controls.ts';
import { element } from '../element.ts';

interface SearchActions {
  typed(text: string): void;
  step(step: 1 | -1): void;
  /** The user is done typing: the keyboard goes back to the picture. */
  left(): void;
}

/** The search field with what it found. */
export class SearchField {
  readonly root = element('div', { class: 'flame-search', attributes: { role: 'search' } });
  readonly #field;
  readonly #found = element('span', { class: 'flame-found' });

  constructor(actions: SearchActions) {
    this.#field = textField({
      label: 'Search names and files',
      placeholder: 'Search: text or /regex/',
      typed: (text) => actions.typed(text),
    });
    this.#field.addEventListener('keydown', (event) => {
      if (event.key === 'Enter') actions.step(event.shiftKey ? -1 : 1);
      else if (event.key === 'Escape') this.#escape(actions);
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
    this.root.append(
      this.#field,
      button({
        text: '\u2191',
        title: 'Previous match (P)',
        appearance: 'icon',
        pressed: () => actions.step(-1),
      }),
      button({ text: '\u2193', title: 'Next match (N)', appearance: 'icon', pressed: () => actions.step(1) }),
      this.#found,
    );
  }

  get text(): string {
    return this.#field.value;
  }

  set text(text: string) {
    this.#field.value = text;
  }

  tell(found: string, isWrong: boolean): void {
    this.#found.textContent = found;
    this.#found.classList.toggle('is-wrong', isWrong);
  }

  takeKeyboard(): void {
    this.#field.focus();
    this.#field.control?.select();
  }

  /** First clears the search, then leaves the field. */
  #escape(actions: SearchActions): void {
    if (this.text === '') {
      actions.left();
      return;
    }
    this.text = '';
    actions.typed('');
  }
}
