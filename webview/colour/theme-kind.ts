/** The four kinds of theme that VS Code and operating systems know. */
export const THEME_KINDS = ['light', 'dark', 'contrast-light', 'contrast-dark'] as const;
export type ThemeKind = (typeof THEME_KINDS)[number];

export const isDark = (kind: ThemeKind) => kind === 'dark' || kind === 'contrast-dark';
export const isHighContrast = (kind: ThemeKind) => kind === 'contrast-light' || kind === 'contrast-dark';
