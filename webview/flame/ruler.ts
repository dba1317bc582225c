import type { View } from '../../server/protocol/profile/call-tree.ts';
import type { ProfileUnit } from '../../server/protocol/profile/profile.ts';
import { mix, toCss } from '../colour/contrast.ts';
import type { Theme } from '../colour/theme.ts';
import { Surface } from './surface.ts';
import { ticks } from './ticks.ts';
import type { Viewport } from './viewport.ts';

const HEIGHT = 18;
const FONT_SIZE = 10.5;
const GAP = 90;

interface RulerLook {
  /** CSS pixels. */
  readonly width: number;
  readonly theme: Theme;
  readonly view: View;
  readonly unit: ProfileUnit;
}

/**
 * The axis above the boxes: when it was in the order of time; in the merged views, where a place says nothing of when,
 * how long it is from the left edge of what is shown.
 */
export class Ruler {
  readonly #surface = new Surface('flame-ruler');
  readonly root = this.#surface.canvas;

  draw(viewport: Viewport, { width, theme, view, unit }: RulerLook): void {
    this.#surface.resize(width, HEIGHT);
    const { context, canvas, pixelRatio } = this.#surface;
    context.fillStyle = toCss(theme.background);
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.font = `${FONT_SIZE * pixelRatio}px ${theme.fontFamily}`;
    context.textBaseline = 'middle';
    const line = toCss(mix(theme.foreground, theme.background, 0.25));
    const text = toCss(mix(theme.foreground, theme.background, 0.75));
    const axis = view === 'time-order' ? viewport : { start: 0, span: viewport.span };
    for (const { at, label } of ticks(axis, { width, gap: GAP, unit })) {
      const x = Math.round(((at - axis.start) / axis.span) * canvas.width);
      const left = x + 4 * pixelRatio;
      // A tick without its label would be read as one more of the step before.
      if (left + context.measureText(label).width > canvas.width) continue;
      context.fillStyle = line;
      context.fillRect(x, 0, Math.max(1, Math.round(pixelRatio)), canvas.height);
      context.fillStyle = text;
      context.fillText(label, left, canvas.height / 2);
    }
  }
}
