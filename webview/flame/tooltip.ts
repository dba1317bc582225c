import { element } from '../element.ts';
import { counted } from '../format.ts';
import { type BoxFacts, boxFacts } from './box-facts.ts';
import type { Model } from './model.ts';
import type { PauseWords } from './pause-words.ts';
import { placeTooltip } from './place-tooltip.ts';

/** What hangs at the pointer. Hidden from screen readers: they read the focused box, which says the same. */
export class Tooltip {
  readonly root = element('div', { class: 'flame-tooltip', attributes: { 'aria-hidden': 'true' } });

  constructor() {
    this.root.hidden = true;
  }

  /** `merged` is the number of boxes in what is pointed at. */
  show(model: Model, box: number, merged: number): void {
    const facts = boxFacts(model, box);
    this.root.replaceChildren(
      element('div', { class: 'flame-tooltip-name', text: facts.name }),
      ...(merged > 1 ? [element('div', { class: 'flame-tooltip-note', text: mergedNote(merged) })] : []),
      ...(facts.path === null ? [] : [element('div', { class: 'flame-tooltip-place', text: facts.path })]),
      factList(facts),
      ...(facts.remark === null
        ? []
        : [element('div', { class: 'flame-tooltip-remark', text: facts.remark })]),
    );
    this.root.hidden = false;
  }

  /** Words about what is no box. */
  say({ title, note, rows }: PauseWords): void {
    this.root.replaceChildren(
      element('div', { class: 'flame-tooltip-name', text: title }),
      ...(note === null ? [] : [element('div', { class: 'flame-tooltip-note', text: note })]),
      termList(rows),
    );
    this.root.hidden = false;
  }

  moveTo(x: number, y: number): void {
    const { width, height } = this.root.getBoundingClientRect();
    const { left, top } = placeTooltip(
      { x, y },
      { width, height },
      { width: innerWidth, height: innerHeight },
    );
    this.root.style.left = `${left}px`;
    this.root.style.top = `${top}px`;
  }

  hide(): void {
    this.root.hidden = true;
  }
}

function mergedNote(merged: number): string {
  return `the widest of ${counted(merged, 'box', 'boxes')} too narrow to draw: zoom in to see them`;
}

function factList({ handler, phase, total, self, perOperation, samples }: BoxFacts): HTMLElement {
  return termList([
    ['total', total],
    ['', perOperation],
    ['self', self],
    ['phase', phase],
    ['handler', handler],
    ['', samples],
  ]);
}

function termList(rows: readonly (readonly [term: string, value: string | null])[]): HTMLElement {
  const list = element('dl');
  for (const [term, value] of rows) {
    if (value !== null) list.append(element('dt', { text: term }), element('dd', { text: value }));
  }
  return list;
}
