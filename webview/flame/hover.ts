import type { Entry } from './entry.ts';
import type { Model } from './model.ts';
import type { Stage } from './stage.ts';
import { Tooltip } from './tooltip.ts';
import type { Viewport } from './viewport.ts';

/** What the pointer is on: an outline around it and a tooltip beside the pointer. */
export class Hover {
  readonly tooltip = new Tooltip();
  readonly #stage: Stage;
  #entry: Entry | null = null;

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  /** `x` and `y` in CSS pixels of the picture. */
  at(model: Model, viewport: Viewport, x: number, y: number): void {
    const entry = this.#stage.entryAt(x, y);
    if (entry === null) {
      this.leave();
      return;
    }
    const isSame = entry.box === this.#entry?.box && entry.count === this.#entry.count;
    this.#entry = entry;
    if (!isSame) this.tooltip.show(model, entry.box, entry.count);
    const { left, top } = this.#stage.content.getBoundingClientRect();
    this.tooltip.moveTo(x + left, y + top);
    this.place(viewport);
  }

  /** Keeps the outline in its place when the picture moves below the pointer. */
  place(viewport: Viewport): void {
    this.#stage.showHover(this.#entry, viewport);
  }

  leave(): void {
    if (this.#entry === null) return;
    this.#entry = null;
    this.tooltip.hide();
    this.#stage.hideHover();
  }
}
