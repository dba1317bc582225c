import { element } from '../element.ts';
import { spokenFacts } from './box-facts.ts';
import { type Place, putAt } from './box-place.ts';
import type { Model } from './model.ts';

/** CSS pixels. A ring inside of a narrower box would cover it. */
const NARROW = 14;

/**
 * The focused box as a real element over the canvas: it carries the keyboard focus and its ring, and is what a
 * screen reader reads. A new element for each box, because a change of the label of the focused one is not announced.
 */
export class FocusBox {
  readonly tree = element('div', { class: 'flame-tree', attributes: { role: 'tree' } });
  #element: HTMLElement | null = null;

  get hasKeyboard(): boolean {
    return this.#element !== null && document.activeElement === this.#element;
  }

  label(text: string): void {
    this.tree.setAttribute('aria-label', text);
  }

  show(model: Model, box: number, isChosen: boolean): void {
    const before = this.#element;
    const hadKeyboard = this.hasKeyboard;
    const { tree } = model;
    const made = element('div', {
      class: isChosen ? 'flame-focus is-chosen' : 'flame-focus',
      attributes: {
        role: 'treeitem',
        tabindex: '0',
        'aria-level': String((tree.depth[box] ?? 0) + 1),
        'aria-selected': 'true',
        'aria-label': spokenFacts(model, box),
        'data-box': String(box),
        'data-name': model.name(box),
      },
    });
    this.tree.append(made);
    this.#element = made;
    // The new one takes the focus before the old one goes, so it is never lost in between.
    if (hadKeyboard) this.takeKeyboard();
    before?.remove();
  }

  remove(): void {
    this.#element?.remove();
    this.#element = null;
  }

  takeKeyboard(): void {
    this.#element?.focus({ preventScroll: true });
  }

  place(place: Place): void {
    if (this.#element === null) return;
    putAt(this.#element, place);
    this.#element.classList.toggle('is-narrow', place.width < NARROW);
  }
}
