import type { Model } from './model.ts';
import { PatternWorker } from './pattern-worker.ts';
import { SearchField } from './search-field.ts';
import { SearchState } from './search-state.ts';

interface FlameSearchActions {
  /** Other boxes match now. */
  changed(): void;
  /** Goes to a match; returns what is to be said of it. */
  goTo(box: number): string;
  left(): void;
  announce(text: string): void;
}

/** The search field together with what it finds, and the way from match to match. */
export class FlameSearch {
  readonly #actions: FlameSearchActions;
  readonly #state = new SearchState(new PatternWorker(), () => this.#answered());
  readonly #field: SearchField;
  #model: Model | null = null;
  /** Steps that were asked for while the search was not done. */
  #steps: (1 | -1)[] = [];

  constructor(actions: FlameSearchActions) {
    this.#actions = actions;
    this.#field = new SearchField({
      typed: (text) => this.#ask(text),
      step: (step) => this.step(step),
      left: () => actions.left(),
    });
  }

  get root(): HTMLElement {
    return this.#field.root;
  }

  get text(): string {
    return this.#state.text;
  }

  get isOn(): boolean {
    return this.#state.isOn;
  }

  isMatch(box: number): boolean {
    return this.#state.isMatch(box);
  }

  /** Looks for the same in another view, or for `text`. */
  take(model: Model, text = this.text): void {
    this.#model = model;
    this.#field.text = text;
    this.#ask(text);
  }

  clear(): void {
    this.#field.text = '';
    this.#ask('');
  }

  takeKeyboard(): void {
    this.#field.takeKeyboard();
  }

  step(step: 1 | -1): void {
    if (this.#state.isWaiting) {
      this.#steps.push(step);
      return;
    }
    const box = this.#state.step(step);
    if (box >= 0) this.#tell(this.#actions.goTo(box));
  }

  #ask(text: string): void {
    if (this.#model === null) return;
    this.#steps = [];
    this.#state.ask(this.#model, text);
    this.#tell('');
    this.#actions.changed();
  }

  #answered(): void {
    this.#tell('');
    this.#actions.changed();
    for (const step of this.#steps.splice(0)) this.step(step);
  }

  #tell(more: string): void {
    const found = this.#state.describe();
    this.#field.tell(found, this.#state.isWrong);
    this.#actions.announce([found, more].filter((part) => part !== '').join('. '));
  }
}
