import type { TextField } from '../controls.ts';
import { element } from '../element.ts';

/** What is wrong with what was typed into a field, below the field; nothing where nothing is. */
export class FieldFault {
  readonly root: HTMLElement;
  readonly #field: TextField;

  constructor(field: TextField, id: string) {
    this.#field = field;
    this.root = element('p', { class: 'form-fault', attributes: { id, role: 'alert' } });
    this.root.hidden = true;
  }

  show(message: string): void {
    this.root.textContent = message;
    this.#mark(true);
  }

  clear(): void {
    this.root.textContent = '';
    this.#mark(false);
  }

  #mark(isWrong: boolean): void {
    this.root.hidden = !isWrong;
    this.#field.classList.toggle('is-wrong', isWrong);
    if (isWrong) this.#field.setAttribute('aria-invalid', 'true');
    else this.#field.removeAttribute('aria-invalid');
  }
}
