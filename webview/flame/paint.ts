import { mix, toCss } from '../colour/contrast.ts';
import type { Rgb } from '../colour/oklch.ts';
import type { Theme } from '../colour/theme.ts';
import { isHighContrast } from '../colour/theme-kind.ts';
import { type BoxStyle, boxStyle, type Pattern, type StyleKey, setBack } from './box-style.ts';

/** A box style as a canvas takes it. */
export interface Paint {
  readonly fill: string;
  readonly text: string;
  /** Text of less weight: file and line behind a name. */
  readonly quiet: string;
  /** For narrow runs, which cover their pixels in part. */
  readonly thin: string;
  readonly outline: string | null;
  readonly pattern: Pattern | null;
  readonly isDashed: boolean;
}

/** Paints of one theme, each made once. */
export class Paints {
  readonly #theme: Theme;
  readonly #plain = new Map<StyleKey, Paint>();
  readonly #setBack = new Map<StyleKey, Paint>();

  constructor(theme: Theme) {
    this.#theme = theme;
  }

  of(key: StyleKey, isSetBack: boolean): Paint {
    const paints = isSetBack ? this.#setBack : this.#plain;
    let paint = paints.get(key);
    if (paint === undefined) {
      const style = boxStyle(key, this.#theme);
      paint = toPaint(isSetBack ? setBack(style, this.#theme) : style, this.#theme);
      paints.set(key, paint);
    }
    return paint;
  }
}

function toPaint(style: BoxStyle, theme: Theme): Paint {
  return {
    fill: toCss(style.fill),
    text: toCss(style.text),
    quiet: toCss(quietText(style)),
    thin: toCss(mix(style.fill, theme.background, 0.6)),
    outline: outlineOf(style, theme),
    pattern: style.pattern,
    isDashed: style.isDashed,
  };
}

/** Text of less weight that stays readable. */
export function quietText({ text, fill }: BoxStyle): Rgb {
  return mix(text, fill, 0.84);
}

function outlineOf({ fill, text, isDashed }: BoxStyle, theme: Theme): string | null {
  if (isHighContrast(theme.kind)) return toCss(theme.border);
  return isDashed ? toCss(mix(text, fill, 0.45)) : null;
}
