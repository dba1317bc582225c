import { fromCss, luminance } from './contrast.ts';
import type { Rgb } from './oklch.ts';
import type { Theme } from './theme.ts';
import { isDark, type ThemeKind } from './theme-kind.ts';

/** Reads the theme in force from the CSS variables. */
export function readTheme(): Theme {
  const probe = document.createElement('span');
  document.body.append(probe);
  // The browser resolves whatever a theme may have written: names, system colours, mixtures.
  const resolve = (value: string, otherwise: Rgb): Rgb => {
    probe.style.color = value;
    return fromCss(getComputedStyle(probe).color) ?? otherwise;
  };
  const background = resolve('var(--vscode-editor-background)', [1, 1, 1]);
  const kind = kindOf(background);
  const foreground = resolve('var(--vscode-foreground)', isDark(kind) ? [0.9, 0.9, 0.9] : [0.1, 0.1, 0.1]);
  const border = resolve('var(--vscode-contrastBorder, var(--vscode-foreground))', foreground);
  const { fontFamily } = getComputedStyle(probe);
  probe.remove();
  return { kind, background, foreground, border, fontFamily };
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
