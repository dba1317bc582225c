import { PHASES, type Phase } from '../../server/protocol/phase.ts';
import { oklchToRgb, type Rgb } from './oklch.ts';
import { isDark, type ThemeKind } from './theme-kind.ts';

/** Hue in degrees, chroma, and lightness from -1 (darkest) to 1 (lightest) within the range of the theme. */
type Hue = readonly [hue: number, chroma: number, lightness: number];

/**
 * Kin phases have kin hues: violet and pink build, blue waits for the database, green decodes, yellow and orange are the
 * application's own code, red writes, purple and rose are snapshots. Fourteen hues alone cannot be told apart by everyone, so
 * neighbours differ in lightness too; the values come from a search for the largest smallest distance under
 * normal sight and simulated deuteranopia, protanopia and tritanopia. The unit test keeps the distances.
 */
const HUES: Readonly<Record<Phase, Hue>> = {
  filter_build: [284, 0.13, 0.39],
  sql_build: [344, 0.1, 0.37],
  connection_acquire: [223, 0.1, -0.9],
  sql_execute: [262, 0.15, -0.47],
  row_decode: [210, 0.1, 0.9],
  unmarshal: [170, 0.12, -0.14],
  decide: [102, 0.16, 0.9],
  project: [58, 0.17, 0.2],
  marshal: [114, 0.14, -0.9],
  append: [20, 0.14, -0.38],
  snapshot_load: [292, 0.15, -0.9],
  snapshot_decode: [353, 0.11, -0.9],
  snapshot_encode: [359, 0.12, 0.9],
  snapshot_save: [334, 0.17, -0.45],
};

// Black text on light themes and white text on dark ones both stay far above the contrast of 4.5 in these ranges.
const LIGHT = { middle: 0.8, reach: 0.09 };
const DARK = { middle: 0.45, reach: 0.09 };

/** Colour of an index into `PHASES`; `tone` moves its lightness, `vividness` (0 to 1) its chroma. */
export function phaseColour(phase: number, kind: ThemeKind, tone = 0, vividness = 1): Rgb {
  const name = PHASES[phase];
  if (name === undefined) return neutralColour(kind, tone);
  const [hue, chroma, lightness] = HUES[name];
  const { middle, reach } = isDark(kind) ? DARK : LIGHT;
  return oklchToRgb(middle + reach * lightness + tone, chroma * vividness, hue);
}

/** Grey for what lies in no phase or in several. */
export function neutralColour(kind: ThemeKind, tone = 0): Rgb {
  return isDark(kind) ? oklchToRgb(0.4 + tone, 0.012, 250) : oklchToRgb(0.86 + tone, 0.008, 250);
}
