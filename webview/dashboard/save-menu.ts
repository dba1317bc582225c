import { element } from '../element.ts';
import type { SavedFile } from './saved-files.ts';

/** A button that opens the list of files that can be saved, each with what is in it; null where there are none. */
export function saveMenu(files: readonly SavedFile[]): HTMLElement | null {
  if (files.length === 0) return null;
  const list = element('div', { class: 'save-menu', attributes: { popover: 'auto' } }, listOf(files));
  const open = element('button', {
    class: 'save-button',
    text: 'Save …',
    attributes: { type: 'button', 'aria-haspopup': 'true', 'aria-expanded': 'false' },
  });
  open.addEventListener('click', () => list.togglePopover());
  list.addEventListener('toggle', () => {
    const isOpen = list.matches(':popover-open');
    open.setAttribute('aria-expanded', String(isOpen));
    if (!isOpen) return;
    placeBelow(list, open);
    list.querySelector('a')?.focus();
  });
  list.addEventListener('click', () => list.hidePopover());
  list.addEventListener('keydown', (event) => {
    // In the picture the same key zooms out.
    if (event.key !== 'Escape') return;
    event.preventDefault();
    list.hidePopover();
    open.focus();
  });
  return element('span', { class: 'save' }, open, list);
}

function listOf(files: readonly SavedFile[]): HTMLElement {
  return element('ul', {}, ...files.map((file) => element('li', {}, linkTo(file))));
}

function linkTo({ run, name, content, use }: SavedFile): HTMLElement {
  return element(
    'a',
    {
      attributes: {
        href: `/api/runs/${encodeURIComponent(run)}/artifacts/${encodeURIComponent(name)}`,
        download: name,
      },
    },
    element('b', { text: name }),
    element('span', { text: ` ${content}.` }),
    element('small', { text: ` ${use}.` }),
  );
}

/** It lies above everything else, where no style sheet knows the place of the button. */
function placeBelow(list: HTMLElement, button: HTMLElement): void {
  const { bottom, right } = button.getBoundingClientRect();
  const left = Math.max(8, Math.min(right, innerWidth - 8) - list.offsetWidth);
  list.style.left = `${left}px`;
  list.style.top = `${bottom + 4}px`;
}
