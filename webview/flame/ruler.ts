import { mix, toCss } from '../colour/contrast.ts';
import type { Theme } from '../colour/theme.ts';
import { Surface } from './surface.ts';
import { ticks } from './ticks.ts';
import type { Viewport } from './viewport.ts';

const HEIGHT = 18;
const FONT_SIZE = 10.5;
const GAP = 90;

/** The axis above the boxes. */
export class Ruler {
  readonly #surface = new Surface('flame-ruler');
  readonly root = this.#surface.canvas;

  draw(viewport: Viewport, width: number, theme: Theme): void {
    this.#surface.resize(width, HEIGHT);
    const { context, canvas, pixelRatio } = this.#surface;
    context.fillStyle = toCss(theme.background);
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.font = `${FONT_SIZE * pixelRatio}px ${theme.fontFamily}`;
    context.textBaseline = 'middle';
    const line = toCss(mix(theme.foreground, theme.background, 0.25));
    const text = toCss(mix(theme.foreground, theme.background, 0.75));
    for (const { at, label } of ticks(viewport, width, GAP)) {
      const x = Math.round(((at - viewport.start) / viewport.span) * canvas.width);
      context.fillStyle = line;
      context.fillRect(x, 0, Math.max(1, Math.round(pixelRatio)), canvas.height);
      context.fillStyle = text;
      const left = x + 4 * pixelRatio;
      const isWhole = left + context.measureText(label).width <= canvas.width;
      if (isWhole) context.fillText(label, left, canvas.height / 2);
    }
  }
}
