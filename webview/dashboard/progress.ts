import { element } from '../element.ts';
import { formatCount, formatShare } from '../format.ts';

interface ProgressFacts {
  readonly step: string;
  /** 0 to 1; absent while nobody knows. */
  readonly share?: number;
  readonly done?: number;
  readonly total?: number;
}

/** A bar with the step that is being done. */
export class Progress {
  readonly root = element('div', { class: 'progress' });
  readonly #step = element('div', { class: 'progress-step', attributes: { role: 'status' } });
  readonly #count = element('div', { class: 'progress-count' });
  readonly #fill = element('div', { class: 'progress-fill' });
  readonly #bar = element(
    'div',
    {
      class: 'progress-bar',
      attributes: { role: 'progressbar', 'aria-valuemin': '0', 'aria-valuemax': '100' },
    },
    this.#fill,
  );

  constructor(label: string) {
    this.#bar.setAttribute('aria-label', label);
    this.root.append(element('div', { class: 'progress-line' }, this.#step, this.#count), this.#bar);
  }

  show({ step, share, done, total }: ProgressFacts): void {
    if (this.#step.textContent !== step) this.#step.textContent = step;
    this.root.classList.toggle('is-endless', share === undefined);
    this.#count.textContent = countOf(share, done, total);
    if (share === undefined) this.#bar.removeAttribute('aria-valuenow');
    else {
      this.#bar.setAttribute('aria-valuenow', String(Math.round(share * 100)));
      this.#fill.style.width = `${Math.min(1, share) * 100}%`;
    }
  }
}

function countOf(share: number | undefined, done: number | undefined, total: number | undefined): string {
  if (done !== undefined && total !== undefined) return `${formatCount(done)} of ${formatCount(total)}`;
  return share === undefined ? '' : formatShare(share);
}
