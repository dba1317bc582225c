import { fromCss, luminance } from './contrast.ts';
import type { Rgb } from './oklch.ts';
import { isDark, type ThemeKind } from './theme-kind.ts';

/** The colours and the font that a canvas needs, resolved; a canvas knows no CSS variables. */
export interface Theme {
  readonly kind: ThemeKind;
  readonly background: Rgb;
  readonly foreground: Rgb;
  /** Outline around boxes in high contrast. */
  readonly border: Rgb;
  readonly fontFamily: string;
}

/** Reads the theme in force from the CSS variables on an element. */
export function readTheme(element: Element): Theme {
  const style = getComputedStyle(element);
  const colour = (name: string, otherwise: Rgb) => fromCss(style.getPropertyValue(name)) ?? otherwise;
  const background = colour('--vscode-editor-background', [1, 1, 1]);
  const kind = kindOf(background);
  const foreground = colour('--vscode-foreground', isDark(kind) ? [0.9, 0.9, 0.9] : [0.1, 0.1, 0.1]);
  return {
    kind,
    background,
    foreground,
    border: colour('--vscode-contrastBorder', foreground),
    fontFamily: style.fontFamily,
  };
}

/** Calls back after every change of the theme: VS Code's (class of the body, variables) or the system's. */
export function onThemeChange(changed: () => void): void {
  const observer = new MutationObserver(changed);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style', 'class'] });
  observer.observe(document.body, { attributes: true, attributeFilter: ['class', 'data-vscode-theme-kind'] });
  for (const query of MEDIA) matchMedia(query).addEventListener('change', changed);
}

const MEDIA = ['(prefers-color-scheme: dark)', '(prefers-contrast: more)', '(forced-colors: active)'];

function kindOf(background: Rgb): ThemeKind {
  const shade = luminance(background) < 0.25 ? 'dark' : 'light';
  return isHighContrastInForce() ? `contrast-${shade}` : shade;
}

function isHighContrastInForce(): boolean {
  const { classList } = document.body;
  if (classList.contains('vscode-high-contrast') || classList.contains('vscode-high-contrast-light'))
    return true;
  const isInEditor = classList.contains('vscode-light') || classList.contains('vscode-dark');
  return !isInEditor && (matchMedia('(prefers-contrast: more)').matches || isForced());
}

const isForced = () => matchMedia('(forced-colors: active)').matches;
