import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { NO_PHASE, PHASES } from '../../server/protocol/phase.ts';
import { BOX_KINDS } from '../../server/protocol/profile/call-tree.ts';
import { CATEGORIES } from '../../server/protocol/profile/profile.ts';
import { contrast, fromCss, readableOn, toCss } from '../../webview/colour/contrast.ts';
import { colourDistance, type Rgb, toLinear } from '../../webview/colour/oklch.ts';
import { phaseColour } from '../../webview/colour/phase-colour.ts';
import type { Theme } from '../../webview/colour/theme.ts';
import { isDark, THEME_KINDS, type ThemeKind } from '../../webview/colour/theme-kind.ts';
import { boxStyle, setBack, styleKey } from '../../webview/flame/box-style.ts';
import { quietText } from '../../webview/flame/paint.ts';

const BACKGROUNDS: Readonly<Record<ThemeKind, Rgb>> = {
  light: [1, 1, 1],
  dark: [0.12, 0.12, 0.12],
  'contrast-light': [1, 1, 1],
  'contrast-dark': [0, 0, 0],
};

function themeOf(kind: ThemeKind): Theme {
  const foreground: Rgb = isDark(kind) ? [0.9, 0.9, 0.9] : [0.2, 0.2, 0.2];
  return { kind, background: BACKGROUNDS[kind], foreground, border: foreground, fontFamily: 'sans-serif' };
}

function* everyStyle(kind: ThemeKind) {
  for (const box of BOX_KINDS.keys()) {
    for (const category of CATEGORIES.keys()) {
      for (const phase of [...PHASES.keys(), NO_PHASE]) {
        for (const shade of [0, 1, 2, 3]) {
          const key = styleKey({ kind: box, category, phase, shade });
          yield { name: `${kind} ${BOX_KINDS[box]} ${CATEGORIES[category]} ${PHASES[phase]}`, key };
        }
      }
    }
  }
}

/** Simulation of red, green and blue blindness: Machado, Oliveira and Fernandes 2009, severity 1. */
const SIGHTS: Readonly<Record<string, readonly (readonly number[])[]>> = {
  normal: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

function seenBy(sight: readonly (readonly number[])[], colour: Rgb): Rgb {
  const linear = colour.map(toLinear);
  const channels = sight.map((row) => row.reduce((sum, weight, at) => sum + weight * (linear[at] ?? 0), 0));
  const [red = 0, green = 0, blue = 0] = channels.map((channel) => {
    const clipped = Math.min(1, Math.max(0, channel));
    return clipped <= 0.0031308 ? 12.92 * clipped : 1.055 * clipped ** (1 / 2.4) - 0.055;
  });
  return [red, green, blue];
}

describe('the colours', () => {
  for (const kind of THEME_KINDS) {
    test(`keep the text on every box readable in the theme "${kind}"`, () => {
      const theme = themeOf(kind);
      for (const { name, key } of everyStyle(kind)) {
        const style = boxStyle(key, theme);
        const { fill, text } = style;
        assert.ok(contrast(fill, text) >= 4.5, `${name}: ${contrast(fill, text)}`);
        assert.ok(contrast(fill, quietText(style)) >= 4, `note on ${name}`);
      }
    });

    test(`keep what is set back legible in the theme "${kind}"`, () => {
      const theme = themeOf(kind);
      for (const { name, key } of everyStyle(kind)) {
        const { fill, text } = setBack(boxStyle(key, theme), theme);
        assert.ok(contrast(fill, text) >= 2.5, `${name}: ${contrast(fill, text)}`);
      }
    });

    test(`tell the phases apart for every kind of sight in the theme "${kind}"`, () => {
      for (const [sight, matrix] of Object.entries(SIGHTS)) {
        for (const [one, name] of PHASES.entries()) {
          for (let other = one + 1; other < PHASES.length; other++) {
            const [a, b] = [phaseColour(one, kind), phaseColour(other, kind)];
            const distance = colourDistance(seenBy(matrix, a), seenBy(matrix, b));
            // Below 0.02 an eye does not tell colours apart, even side by side.
            assert.ok(distance >= 0.03, `${name} and ${PHASES[other]} with ${sight}: ${distance}`);
          }
        }
      }
    });
  }

  test('always find black or white text with a contrast above 4.5', () => {
    for (let level = 0; level <= 1; level += 0.01) {
      const grey: Rgb = [level, level, level];
      assert.ok(contrast(grey, readableOn(grey)) > 4.5);
    }
  });

  test('are read from what browsers give, and written so that they can be read again', () => {
    assert.deepEqual(fromCss('#fff'), [1, 1, 1]);
    assert.deepEqual(fromCss(' #00ff0080 '), [0, 1, 0]);
    assert.deepEqual(fromCss('rgba(255, 0, 0, 0.5)'), [1, 0, 0]);
    assert.deepEqual(fromCss('color(srgb 0.5 0 1)'), [0.5, 0, 1]);
    assert.deepEqual(fromCss(toCss([0, 1, 0.2])), [0, 1, 0.2]);
    assert.equal(fromCss('CanvasText'), null);
    assert.equal(fromCss(''), null);
  });
});
