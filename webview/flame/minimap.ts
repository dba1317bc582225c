import { toCss } from '../colour/contrast.ts';
import type { Theme } from '../colour/theme.ts';
import { element } from '../element.ts';
import { type IsSetBack, runIsSetBack } from './entry.ts';
import { layout } from './layout.ts';
import type { Model } from './model.ts';
import type { Paints } from './paint.ts';
import { Surface } from './surface.ts';
import type { Viewport } from './viewport.ts';

const HEIGHT = 36;
const TALLEST_ROW = 4;

interface MinimapLook {
  readonly width: number;
  readonly theme: Theme;
  readonly paints: Paints;
  readonly isSetBack: IsSetBack;
}

/** The whole picture in small, with a frame around what the large one shows. */
export class Minimap {
  readonly #surface = new Surface('flame-minimap-canvas');
  readonly #frame = element('div', { class: 'flame-minimap-frame' });
  readonly root = element(
    'div',
    { class: 'flame-minimap', attributes: { 'aria-hidden': 'true' } },
    this.#surface.canvas,
    this.#frame,
  );
  readonly #centred: (share: number) => void;

  /** `centred` gets the place that was pointed at, 0 to 1. */
  constructor(centred: (share: number) => void) {
    this.#centred = centred;
    this.root.addEventListener('pointerdown', (event) => {
      this.root.setPointerCapture(event.pointerId);
      this.#point(event);
    });
    this.root.addEventListener('pointermove', (event) => {
      if (this.root.hasPointerCapture(event.pointerId)) this.#point(event);
    });
  }

  draw(model: Model, { width, theme, paints, isSetBack }: MinimapLook): void {
    const { tree, rows, styleKeys } = model;
    this.#surface.resize(width, HEIGHT);
    // As wide as the boxes below it, also where these share their width with a scroll bar.
    this.root.style.width = `${width}px`;
    const { context, canvas, pixelRatio } = this.#surface;
    context.fillStyle = toCss(theme.background);
    context.fillRect(0, 0, canvas.width, canvas.height);
    const viewport = { start: 0, span: tree.total[0] ?? 0 };
    const picture = layout(tree, rows, { viewport, width: canvas.width, firstRow: 0, rowCount: rows.count });
    const isBack = runIsSetBack(model, picture, isSetBack);
    const rowHeight = Math.min(TALLEST_ROW * pixelRatio, canvas.height / rows.count);
    for (let row = 0; row < rows.count; row++) {
      const top = Math.floor(row * rowHeight);
      const height = Math.max(1, Math.floor((row + 1) * rowHeight) - top);
      const end = picture.rowStart[row + 1] ?? 0;
      for (let entry = picture.rowStart[row] ?? 0; entry < end; entry++) {
        const left = picture.left[entry] ?? 0;
        context.fillStyle = paints.of(styleKeys[picture.box[entry] ?? 0] ?? 0, isBack(entry)).fill;
        context.fillRect(left, top, (picture.right[entry] ?? 0) - left, height);
      }
    }
  }

  frame(viewport: Viewport, total: number): void {
    const share = (micros: number) => (total > 0 ? (micros / total) * 100 : 0);
    this.#frame.style.left = `${share(viewport.start)}%`;
    this.#frame.style.width = `${total > 0 ? share(viewport.span) : 100}%`;
  }

  #point(event: PointerEvent): void {
    const { left, width } = this.root.getBoundingClientRect();
    if (width > 0) this.#centred(Math.min(1, Math.max(0, (event.clientX - left) / width)));
  }
}
