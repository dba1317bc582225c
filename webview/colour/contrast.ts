import { type Rgb, toLinear } from './oklch.ts';

const BLACK: Rgb = [0, 0, 0];
const WHITE: Rgb = [1, 1, 1];

/** Contrast of two colours, 1 to 21, as WCAG 2 defines it; 4.5 is enough for text of ordinary size. */
export function contrast(one: Rgb, other: Rgb): number {
  const [lighter, darker] = [luminance(one), luminance(other)].sort((a, b) => b - a) as [number, number];
  return (lighter + 0.05) / (darker + 0.05);
}

/** Black or white, whichever is easier to read on the colour: one of them always has a contrast of 4.58 or more. */
export function readableOn(background: Rgb): Rgb {
  return contrast(background, BLACK) >= contrast(background, WHITE) ? BLACK : WHITE;
}

/** Relative luminance, 0 to 1. */
export function luminance([red, green, blue]: Rgb): number {
  return 0.2126 * toLinear(red) + 0.7152 * toLinear(green) + 0.0722 * toLinear(blue);
}

/** `share` of the first colour, the rest of the second. */
export function mix(one: Rgb, other: Rgb, share: number): Rgb {
  const blend = (a: number, b: number) => a * share + b * (1 - share);
  return [blend(one[0], other[0]), blend(one[1], other[1]), blend(one[2], other[2])];
}

export function toCss([red, green, blue]: Rgb): string {
  const byte = (channel: number) => Math.round(channel * 255);
  return `rgb(${byte(red)} ${byte(green)} ${byte(blue)})`;
}

/** Reads a colour as browsers give it: `rgb(…)`, `rgba(…)`, `color(srgb …)`, or hexadecimal. Null where it is none of these. */
export function fromCss(text: string): Rgb | null {
  const hex = /^#([0-9a-f]{3}|[0-9a-f]{6,8})$/i.exec(text.trim())?.[1];
  if (hex !== undefined) return fromHex(hex);
  const shares = /^color\(srgb ([\d.]+) ([\d.]+) ([\d.]+)/.exec(text.trim());
  if (shares !== null) return [Number(shares[1]), Number(shares[2]), Number(shares[3])];
  const channels = /^rgba?\(\s*([\d.]+)[\s,]+([\d.]+)[\s,]+([\d.]+)/.exec(text.trim());
  if (channels === null) return null;
  const [, red, green, blue] = channels;
  return [Number(red) / 255, Number(green) / 255, Number(blue) / 255];
}

function fromHex(hex: string): Rgb {
  const wide = hex.length === 3 ? [...hex].map((digit) => digit + digit).join('') : hex;
  const channel = (at: number) => Number.parseInt(wide.slice(at, at + 2), 16) / 255;
  return [channel(0), channel(2), channel(4)];
}
