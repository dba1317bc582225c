import type { Rgb } from './oklch.ts';
import type { ThemeKind } from './theme-kind.ts';

/** The colours and the font that a canvas needs, resolved; a canvas knows no CSS variables. */
export interface Theme {
  readonly kind: ThemeKind;
  readonly background: Rgb;
  readonly foreground: Rgb;
  /** Outline around boxes in high contrast. */
  readonly border: Rgb;
  readonly fontFamily: string;
}
