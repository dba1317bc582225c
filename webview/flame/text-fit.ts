/** Gives the width of a text in device pixels. */
export type Measure = (text: string) => number;

/**
 * Fits names into boxes. Widths are summed from characters that are each measured once: measuring every label in
 * every frame would cost more than drawing it.
 */
export class TextFit {
  readonly #measure: Measure;
  readonly #widths = new Map<string, number>();
  readonly #ascii = new Float64Array(128).fill(-1);
  readonly #ellipsis: number;

  constructor(measure: Measure) {
    this.#measure = measure;
    this.#ellipsis = measure(ELLIPSIS);
  }

  width(text: string): number {
    let width = 0;
    for (const character of charactersOf(text)) width += this.#widthOf(character);
    return width;
  }

  /** The text, or as much of its beginning as fits with an ellipsis; empty where not even one character fits. */
  fit(text: string, room: number): string {
    let width = 0;
    let length = 0;
    let fitting = 0;
    for (const character of charactersOf(text)) {
      width += this.#widthOf(character);
      length += character.length;
      if (width + this.#ellipsis <= room) fitting = length;
      if (width > room) return fitting === 0 ? '' : text.slice(0, fitting) + ELLIPSIS;
    }
    return text;
  }

  #widthOf(character: string): number {
    const code = character.length === 1 ? character.charCodeAt(0) : 128;
    if (code < 128) {
      const known = this.#ascii[code] ?? -1;
      if (known >= 0) return known;
      const width = this.#measure(character);
      this.#ascii[code] = width;
      return width;
    }
    const known = this.#widths.get(character);
    if (known !== undefined) return known;
    const width = this.#measure(character);
    this.#widths.set(character, width);
    return width;
  }
}

const ELLIPSIS = '\u2026';
const SEGMENTER = new Intl.Segmenter('en', { granularity: 'grapheme' });

// biome-ignore lint/suspicious/noControlCharactersInRegex: the range is what ASCII is.
const ASCII = /^[\x00-\x7f]*$/;

/** What a reader takes for one character: an emoji of several code points must not be cut in two. */
function charactersOf(text: string): Iterable<string> {
  return ASCII.test(text) ? text : graphemes(text);
}

function* graphemes(text: string): Generator<string> {
  for (const { segment } of SEGMENTER.segment(text)) yield segment;
}
