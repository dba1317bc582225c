import { toCss } from '../colour/contrast.ts';
import type { Theme } from '../colour/theme.ts';
import { isDark } from '../colour/theme-kind.ts';
import type { Pattern } from './box-style.ts';

/** What lies over the colour of a box. */
export type Patterns = Readonly<Record<Pattern, CanvasPattern | null>>;

export function patternsFor(context: CanvasRenderingContext2D, theme: Theme, pixelRatio: number): Patterns {
  return {
    hatched: tiled(context, Math.round(8 * pixelRatio), (lines, size) => {
      lines.strokeStyle = toCss(theme.background);
      lines.globalAlpha = isDark(theme.kind) ? 0.5 : 0.34;
      lines.lineWidth = 2 * pixelRatio;
      for (const shift of [-size, 0, size]) {
        lines.moveTo(shift - 2, size + 2);
        lines.lineTo(shift + size + 2, -2);
      }
      lines.stroke();
    }),
    dotted: tiled(context, Math.round(5 * pixelRatio), (dots, size) => {
      dots.fillStyle = toCss(theme.foreground);
      dots.globalAlpha = 0.28;
      const dot = Math.max(1, Math.round(pixelRatio));
      dots.fillRect(Math.floor(size / 2), Math.floor(size / 2), dot, dot);
    }),
  };
}

function tiled(
  context: CanvasRenderingContext2D,
  size: number,
  paint: (tile: OffscreenCanvasRenderingContext2D, size: number) => void,
): CanvasPattern | null {
  const canvas = new OffscreenCanvas(size, size);
  const tile = canvas.getContext('2d');
  if (tile === null) return null;
  paint(tile, size);
  return context.createPattern(canvas, 'repeat');
}
