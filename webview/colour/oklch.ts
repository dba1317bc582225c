/** A colour as red, green and blue, each from 0 to 1, in sRGB. */
export type Rgb = readonly [red: number, green: number, blue: number];

/**
 * Lightness (0 to 1), chroma (0 to about 0.3) and hue (degrees) as sRGB: equal steps look equal, which is what lets
 * every phase have shades that belong together. Chroma gives way where the screen cannot show it.
 * Formulas: https://bottosson.github.io/posts/oklab/
 */
export function oklchToRgb(lightness: number, chroma: number, hue: number): Rgb {
  for (let possible = chroma; possible > 0; possible -= 0.004) {
    const linear = linearRgb(lightness, possible, hue);
    if (linear.every(isOnScreen)) return fromLinear(linear);
  }
  return fromLinear(linearRgb(lightness, 0, 0));
}

/** Distance in perceived colour; below 0.02 two colours are hard to tell apart. */
export function colourDistance(one: Rgb, other: Rgb): number {
  const [l1, a1, b1] = oklab(one);
  const [l2, a2, b2] = oklab(other);
  return Math.hypot(l1 - l2, a1 - a2, b1 - b2);
}

export function toLinear(channel: number): number {
  return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
}

function linearRgb(lightness: number, chroma: number, hue: number): Rgb {
  const radians = (hue * Math.PI) / 180;
  const a = chroma * Math.cos(radians);
  const b = chroma * Math.sin(radians);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
}

function oklab(colour: Rgb): Rgb {
  const [red, green, blue] = colour.map(toLinear) as unknown as Rgb;
  const l = Math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue);
  const m = Math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue);
  const s = Math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

const isOnScreen = (channel: number) => channel >= -1e-4 && channel <= 1.0001;

function fromLinear([red, green, blue]: Rgb): Rgb {
  return [toGamma(red), toGamma(green), toGamma(blue)];
}

function toGamma(channel: number): number {
  const clipped = Math.min(1, Math.max(0, channel));
  return clipped <= 0.0031308 ? 12.92 * clipped : 1.055 * clipped ** (1 / 2.4) - 0.055;
}
