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
  readonly #effect = element('p', { class: 'form-effect', attributes: { role: 'note' } });
  readonly #iterations = textField({ label: 'Iterations', typed: () => this.fault(null) });
  readonly #fault = element('p', {
    class: 'form-fault',
    attributes: { id: 'iterations-fault', role: 'alert' },
  });
  readonly #start = button({ text: 'Profile', appearance: 'primary', pressed: () => this.#submit() });
  readonly #submitted: (request: ProfileRequest) => void;
  #handlers: readonly HandlerInfo[] = [];
  /** What to choose as soon as the handlers are known. */
  #wanted = FIRST_CHOICE;
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
      labelled('Handler', this.#handler, this.#summary, this.#effect),
      labelled('Iterations', this.#iterations, this.#fault),
      this.#start,
    );
    this.#enable();
  }

  setHandlers(handlers: readonly HandlerInfo[]): void {
    const chosen = this.#handler.value || this.#wanted;
    this.#handlers = handlers;
    const names = handlers.map(({ name }) => name);
    fillDropdown(this.#handler, names, names.includes(chosen) ? chosen : (names[0] ?? ''));
    this.#describe();
    this.#enable();
  }

  /** Shows what a run was asked for, so that the same can be asked for again. */
  take({ handler, iterations }: ProfileRequest): void {
    this.#wanted = handler;
    if (this.#handlers.some(({ name }) => name === handler)) this.#handler.value = handler;
    this.#iterations.value = String(iterations);
    this.fault(null);
    this.#describe();
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
    this.#fault.textContent = sentenceOf(message ?? '');
    this.#fault.hidden = message === null;
    this.#iterations.classList.toggle('is-wrong', message !== null);
    if (message === null) this.#iterations.removeAttribute('aria-invalid');
    else this.#iterations.setAttribute('aria-invalid', 'true');
  }

  #submit(): void {
    if (this.#start.disabled) return;
    const typed = this.#iterations.value.trim();
    // What is no number goes on as it was typed, so that the answer can name it.
    if (typed === '') {
      this.fault('Type how often to run the handler, for example 50.');
      return;
    }
    const iterations = Number.isNaN(Number(typed)) ? typed : Number(typed);
    const parsed = parseRunRequest({ kind: 'profile', handler: this.#handler.value, iterations });
    if (!parsed.ok) this.fault(parsed.error.message);
    else if (parsed.request.kind === 'profile') {
      this.fault(null);
      this.#submitted(parsed.request);
    }
  }

  #describe(): void {
    const handler = this.#handlers.find(({ name }) => name === this.#handler.value);
    this.#summary.textContent = handler?.summary ?? '';
    this.#effect.textContent = handler?.effect ?? '';
    this.#effect.hidden = handler?.effect === undefined;
  }

  #enable(): void {
    this.#start.disabled = !this.#isReady || this.#isRunning || this.#handlers.length === 0;
    this.#handler.disabled = this.#handlers.length === 0;
  }
}

function labelled(text: string, ...below: readonly HTMLElement[]): HTMLElement {
  const label = element('span', { class: 'form-label', text, attributes: { 'aria-hidden': 'true' } });
  return element('div', { class: 'form-row' }, label, ...below);
}

/** The server's messages begin with the name of the field. */
function sentenceOf(message: string): string {
  return message.charAt(0).toUpperCase() + message.slice(1);
}
