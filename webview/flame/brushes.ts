import { readTheme } from '../colour/read-theme.ts';
import type { Theme } from '../colour/theme.ts';
import { canvasFont } from './draw.ts';
import { Paints } from './paint.ts';
import { type Patterns, patternsFor } from './patterns.ts';
import { TextFit } from './text-fit.ts';

/** What a canvas needs to draw in the theme in force, made anew when the theme or the resolution changes. */
export class Brushes {
  theme: Theme = readTheme();
  paints = new Paints(this.theme);
  #pixelRatio = 0;
  #made: { readonly text: TextFit; readonly patterns: Patterns } | null = null;

  takeTheme(): void {
    this.theme = readTheme();
    this.paints = new Paints(this.theme);
    this.#made = null;
  }

  /** Text and patterns for a canvas of some resolution. */
  for(context: CanvasRenderingContext2D, pixelRatio: number): { text: TextFit; patterns: Patterns } {
    if (this.#made !== null && pixelRatio === this.#pixelRatio) return this.#made;
    this.#pixelRatio = pixelRatio;
    const font = canvasFont(this.theme, pixelRatio);
    const text = new TextFit((measured) => {
      context.font = font;
      return context.measureText(measured).width;
    });
    this.#made = { text, patterns: patternsFor(context, this.theme, pixelRatio) };
    return this.#made;
  }
}
