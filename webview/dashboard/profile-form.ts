import type { HandlerInfo } from '../../server/protocol/handler-info.ts';
import { parseRunRequest } from '../../server/protocol/parse-run-request.ts';
import type { ProfileRequest } from '../../server/protocol/run.ts';
import { button, dropdown, fillDropdown, textField } from '../controls.ts';
import { element } from '../element.ts';

const FIRST_CHOICE = 'BooksInCirculation';
const ITERATIONS = '50';

/** Which handler to profile, how often to run it, and the button that starts it. */
export class ProfileForm {
  readonly root = element('form', {
    class: 'profile-form',
    attributes: { 'aria-label': 'Profile a handler' },
  });
  readonly #handler = dropdown({ label: 'Handler', chosen: () => this.#describe() });
  readonly #summary = element('p', { class: 'form-help' });
  readonly #iterations = textField({ label: 'Iterations', typed: () => this.fault(null) });
  readonly #fault = element('p', {
    class: 'form-fault',
    attributes: { id: 'iterations-fault', role: 'alert' },
  });
  readonly #start = button({ text: 'Profile', appearance: 'primary', pressed: () => this.#submit() });
  readonly #submitted: (request: ProfileRequest) => void;
  #handlers: readonly HandlerInfo[] = [];
  #isReady = false;
  #isRunning = false;

  constructor(submitted: (request: ProfileRequest) => void) {
    this.#submitted = submitted;
    this.#iterations.value = ITERATIONS;
    this.#fault.hidden = true;
    this.root.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.#iterations.addEventListener('keydown', (event) => {
      if (event.key === 'Enter') this.#submit();
    });
    this.root.append(
      labelled('Handler', this.#handler, this.#summary),
      labelled('Iterations', this.#iterations, this.#fault),
      this.#start,
    );
    this.#enable();
  }

  setHandlers(handlers: readonly HandlerInfo[]): void {
    const chosen = this.#handler.value || FIRST_CHOICE;
    this.#handlers = handlers;
    const names = handlers.map(({ name }) => name);
    fillDropdown(this.#handler, names, names.includes(chosen) ? chosen : (names[0] ?? ''));
    this.#describe();
    this.#enable();
  }

  setReady(isReady: boolean): void {
    this.#isReady = isReady;
    this.#enable();
  }

  setRunning(isRunning: boolean): void {
    this.#isRunning = isRunning;
    this.#enable();
  }

  /** Shows what was wrong with the iterations; null where nothing is. */
  fault(message: string | null): void {
    this.#fault.textContent = message ?? '';
    this.#fault.hidden = message === null;
    this.#iterations.classList.toggle('is-wrong', message !== null);
    if (message === null) this.#iterations.removeAttribute('aria-invalid');
    else this.#iterations.setAttribute('aria-invalid', 'true');
  }

  #submit(): void {
    if (this.#start.disabled) return;
    const typed = this.#iterations.value.trim();
    // What is no number goes on as it was typed, so that the answer can name it.
    const iterations = typed === '' || Number.isNaN(Number(typed)) ? typed : Number(typed);
    const parsed = parseRunRequest({ kind: 'profile', handler: this.#handler.value, iterations });
    if (!parsed.ok) this.fault(parsed.error.message);
    else if (parsed.request.kind === 'profile') {
      this.fault(null);
      this.#submitted(parsed.request);
    }
  }

  #describe(): void {
    this.#summary.textContent =
      this.#handlers.find(({ name }) => name === this.#handler.value)?.summary ?? '';
  }

  #enable(): void {
    this.#start.disabled = !this.#isReady || this.#isRunning || this.#handlers.length === 0;
    this.#handler.disabled = this.#handlers.length === 0;
  }
}

function labelled(text: string, control: HTMLElement, help: HTMLElement): HTMLElement {
  const label = element('span', { class: 'form-label', text, attributes: { 'aria-hidden': 'true' } });
  return element('div', { class: 'form-row' }, label, control, help);
}
