import { normaliseStatement } from './normalise-statement.ts';

/** Stands for the texts of all statements that came when too many different ones were known. */
export const OTHER_STATEMENTS: readonly string[] = ['(other statements)'];

/**
 * The texts that were sent, each once, within bounds: a program that puts values into its texts sends no two alike. When
 * there are too many, those without their values stand for further ones, and of these there may be as many again.
 */
export class KnownTexts {
  readonly #sent = new BoundedTexts();
  readonly #normalised = new BoundedTexts();

  /** The same object for the same texts, or for what stands for them. */
  of(texts: readonly string[]): readonly string[] {
    const known = this.#sent.take(texts);
    if (known !== undefined) return known;
    return this.#normalised.take(texts.map(normaliseStatement)) ?? OTHER_STATEMENTS;
  }
}

const MOST_TEXTS = 2_000;
/** Characters. A bulk insert with its values may have a million. */
const MOST_CHARACTERS = 8 * 1024 * 1024;

/** Looked up text by text: to join those of each statement would be most of what it costs to observe it. */
class BoundedTexts {
  readonly #root = new KnownText();
  #size = 0;
  #characters = 0;

  /** Undefined for what is new and has no room. */
  take(texts: readonly string[]): readonly string[] | undefined {
    const known = this.#root.find(texts);
    if (known !== undefined) return known;
    const characters = this.#characters + texts.reduce((sum, text) => sum + text.length, 0);
    if (this.#size >= MOST_TEXTS || characters > MOST_CHARACTERS) return undefined;
    this.#root.add(texts);
    this.#size += 1;
    this.#characters = characters;
    return texts;
  }
}

/** Those who begin with the same texts, and the one that ends here. */
class KnownText {
  readonly #next = new Map<string, KnownText>();
  #texts: readonly string[] | undefined;

  find(texts: readonly string[]): readonly string[] | undefined {
    let place: KnownText = this;
    for (const text of texts) {
      const next = place.#next.get(text);
      if (next === undefined) return undefined;
      place = next;
    }
    return place.#texts;
  }

  add(texts: readonly string[]): void {
    let place: KnownText = this;
    for (const text of texts) {
      const next: KnownText = place.#next.get(text) ?? new KnownText();
      place.#next.set(text, next);
      place = next;
    }
    place.#texts = texts;
  }
}
