import { BOX_KINDS, type CallTree } from '../../server/protocol/profile/call-tree.ts';
import { CATEGORIES, type Profile } from '../../server/protocol/profile/profile.ts';
import { mix, readableOn } from '../colour/contrast.ts';
import type { Rgb } from '../colour/oklch.ts';
import { neutralColour, phaseColour } from '../colour/phase-colour.ts';
import type { Theme } from '../colour/theme.ts';
import { isDark } from '../colour/theme-kind.ts';

/** Hatched is time in which the handler waited, dotted is time in which no sample fell. */
export type Pattern = 'hatched' | 'dotted';

/** How a box is painted. */
export interface BoxStyle {
  readonly fill: Rgb;
  readonly text: Rgb;
  readonly pattern: Pattern | null;
  /** Dashed outline: time that belongs to no phase. */
  readonly isDashed: boolean;
}

/** All that the style of a box depends on, as one number, so that equal styles are made once. */
export type StyleKey = number;

const SHADES = 4;

/** The style key of every box of a tree. */
export function styleKeysOf(tree: CallTree, profile: Profile): Uint32Array {
  const keys = new Uint32Array(tree.length);
  for (let box = 0; box < tree.length; box++) {
    const kind = tree.kind[box] ?? 0;
    const frame = tree.subject[box] ?? 0;
    const isFrame = BOX_KINDS[kind] === 'frame';
    const category = isFrame ? (profile.frames.category[frame] ?? 0) : 0;
    const shade = isFrame ? shadeOf(profile.frames.name[frame] ?? 0, profile.frames.file[frame] ?? 0) : 0;
    keys[box] = styleKey({ kind, category, shade, phase: tree.phase[box] ?? 0 });
  }
  return keys;
}

interface StyleFacts {
  /** Index into `BOX_KINDS`. */
  readonly kind: number;
  /** Index into `CATEGORIES`. */
  readonly category: number;
  readonly shade: number;
  /** Index into `PHASES` or `NO_PHASE`. */
  readonly phase: number;
}

export function styleKey({ kind, category, shade, phase }: StyleFacts): StyleKey {
  return ((kind * CATEGORIES.length + category) * SHADES + shade) * 256 + phase;
}

export function boxStyle(key: StyleKey, theme: Theme): BoxStyle {
  const phase = key % 256;
  const shade = Math.floor(key / 256) % SHADES;
  const category = CATEGORIES[Math.floor(key / 256 / SHADES) % CATEGORIES.length] ?? 'program';
  const kind = BOX_KINDS[Math.floor(key / 256 / SHADES / CATEGORIES.length)] ?? 'root';
  const fill = fillOf(kind, phase, { category, shade, theme });
  return {
    fill,
    text: readableOn(fill),
    pattern: kind === 'unsampled' ? 'dotted' : kind === 'frame' && category === 'wait' ? 'hatched' : null,
    isDashed: kind === 'unattributed' || kind === 'outside',
  };
}

/** Text and fill of a box that a search or the legend sets back: close to the background, still legible. */
export function setBack(style: BoxStyle, theme: Theme): BoxStyle {
  const fill = mix(style.fill, theme.background, 0.22);
  return { ...style, fill, text: mix(theme.foreground, fill, 0.62) };
}

interface FillFacts {
  readonly category: (typeof CATEGORIES)[number];
  readonly shade: number;
  readonly theme: Theme;
}

/** How vivid code of a category is: the application's own code stands out, the machinery below it steps back. */
const VIVIDNESS: Readonly<Record<(typeof CATEGORIES)[number], number>> = {
  application: 1,
  package: 0.72,
  node: 0.55,
  native: 0.5,
  gc: 0.5,
  idle: 0.15,
  wait: 0.85,
  program: 0.3,
  regexp: 0.6,
  wasm: 0.85,
  eval: 0.9,
  compiler: 0.4,
  profiler: 0.3,
};

function fillOf(kind: (typeof BOX_KINDS)[number], phase: number, facts: FillFacts): Rgb {
  const { theme, category, shade } = facts;
  const step = isDark(theme.kind) ? -1 : 1;
  switch (kind) {
    case 'root':
      return neutralColour(theme.kind, -0.1 * step);
    case 'handler':
      return neutralColour(theme.kind, -0.04 * step);
    case 'unattributed':
    case 'outside':
      return mix(neutralColour(theme.kind), theme.background, 0.45);
    case 'unsampled':
      return mix(neutralColour(theme.kind), theme.background, 0.22);
    case 'phase':
      return phaseColour(phase, theme.kind);
    case 'frame':
      return phaseColour(phase, theme.kind, toneOf(category, shade, step), VIVIDNESS[category]);
  }
}

/** Neighbouring functions differ a little, so that their borders are seen; away from the colour of the text, never towards it. */
function toneOf(category: string, shade: number, step: number): number {
  const machinery = category === 'application' ? 0 : 0.012;
  return step * (machinery + shade * 0.011);
}

/** A stable shade for a function: the same in every view. */
function shadeOf(name: number, file: number): number {
  const mixed = Math.imul(name ^ Math.imul(file, 0x9e3779b1), 0x85ebca6b);
  return ((mixed ^ (mixed >>> 15)) >>> 0) % SHADES;
}
