import { element } from '../element.ts';
import { boxFacts } from './box-facts.ts';
import type { Model } from './model.ts';
import { longPlace, type SourcePlace } from './source-place.ts';

interface DetailActions {
  openSource(): void;
  copyStack(): void;
  copyPath(): void;
}

/** The line under the picture: what is known of the focused box, and what can be done with it. */
export class Details {
  readonly root = element('div', { class: 'flame-details' });
  readonly #actions: DetailActions;

  constructor(actions: DetailActions) {
    this.#actions = actions;
  }

  hint(text: string): void {
    this.root.replaceChildren(element('span', { class: 'flame-details-hint', text }));
  }

  /** A short answer to what the user just did, until the next box is shown. */
  say(text: string): void {
    this.root.querySelector('.flame-said')?.remove();
    this.root.append(element('div', { class: 'flame-said', text }));
  }

  show(model: Model, box: number): void {
    const facts = boxFacts(model, box);
    const first = element('div', { class: 'flame-details-line' }, element('strong', { text: facts.name }));
    if (facts.place !== null)
      first.append(
        this.#sourceLink(facts.place, facts.path ?? ''),
        linkTo('Copy path', () => this.#actions.copyPath()),
      );
    if (facts.remark !== null)
      first.append(element('span', { class: 'flame-details-remark', text: facts.remark }));
    const self = facts.self === null ? null : `self ${facts.self}`;
    const numbers = [`total ${facts.total}`, self, facts.perOperation, facts.samples];
    const second = element('div', { class: 'flame-details-line' });
    second.append(...numbers.filter((text) => text !== null).map((text) => element('span', { text })));
    second.append(linkTo('Copy stack', () => this.#actions.copyStack()));
    this.root.replaceChildren(first, second);
  }

  #sourceLink(place: SourcePlace, path: string): HTMLElement {
    const link = linkTo(path, () => this.#actions.openSource());
    link.classList.add('flame-source');
    link.title = `Open the source (O): ${longPlace(place)}`;
    return link;
  }
}

function linkTo(text: string, pressed: () => void): HTMLButtonElement {
  const link = element('button', { class: 'link', text, attributes: { type: 'button' } });
  link.addEventListener('click', pressed);
  return link;
}
