import { normaliseStatement } from './normalise-statement.ts';
import { textKey } from './sent-statement.ts';

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

class BoundedTexts {
  readonly #known = new Map<string, readonly string[]>();
  #characters = 0;

  /** Undefined for what is new and has no room. */
  take(texts: readonly string[]): readonly string[] | undefined {
    const key = textKey(texts);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    if (this.#known.size >= MOST_TEXTS || this.#characters + key.length > MOST_CHARACTERS) return undefined;
    this.#known.set(key, texts);
    this.#characters += key.length;
    return texts;
  }
}
