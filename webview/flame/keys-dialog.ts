import { button } from '../controls.ts';
import { element } from '../element.ts';
import { KEY_HELP } from './keys.ts';

/** The dialog that lists all keys. */
export class KeysDialog {
  readonly root = element('dialog', { class: 'flame-keys', attributes: { 'aria-label': 'Keys' } });

  constructor() {
    const list = element('dl');
    for (const [keys, meaning] of KEY_HELP) {
      list.append(element('dt', {}, ...keyCaps(keys)), element('dd', { text: meaning }));
    }
    const close = button({ text: 'Close', pressed: () => this.root.close() });
    this.root.append(element('h2', { text: 'Keys' }), list, close);
  }

  get isOpen(): boolean {
    return this.root.open;
  }

  open(): void {
    if (!this.root.open) this.root.showModal();
  }
}

/** Single keys as caps, the words between them as text. */
function keyCaps(keys: string): Node[] {
  return keys
    .split(/ {2,}/)
    .flatMap((part) => (part === 'or' ? [element('span', { text: ' or ' })] : partCaps(part)));
}

function partCaps(part: string): Node[] {
  const isKey = (word: string) => word.length === 1 || /^(Home|End|Enter|Escape|Page|Ctrl|Shift)/.test(word);
  if (/^Page (up|down)$/.test(part)) return [element('kbd', { text: part })];
  return part
    .split(' ')
    .map((word) => element(isKey(word) ? 'kbd' : 'span', { text: isKey(word) ? word : ` ${word} ` }));
}
