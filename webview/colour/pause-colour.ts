import { oklchToRgb, type Rgb } from './oklch.ts';
import type { Theme } from './theme.ts';
import { isDark, isHighContrast } from './theme-kind.ts';

/** Marks of pauses, which stand alone: a strong orange with a contrast of 3 or more to the background. */
export function pauseColour({ kind, foreground }: Pick<Theme, 'kind' | 'foreground'>): Rgb {
  if (isHighContrast(kind)) return foreground;
  return isDark(kind) ? oklchToRgb(0.74, 0.17, 52) : oklchToRgb(0.6, 0.19, 42);
}
