import { createHash } from 'node:crypto';

/** Of the text: whatever else shares the connection, the same name always means the same statement, as pg demands. */
export function preparedName(kind: string, text: string): string {
  return `eventstore_${kind}_${createHash('sha256').update(text).digest('hex').slice(0, 16)}`;
}

// More than texts are kept, for programs whose filters change while they run. Measured on PostgreSQL 18 over filters of 1
// to 10 alternatives, a statement takes 83 kB of each connection's process: 100 of them 8 MB.
const namesPerCachedText = 2;

/**
 * Names of prepared statements. Every connection keeps each statement that it has met by name, with its plan, for as
 * long as it lives, and nothing drops one: so there is a bound on how many shapes ever get a name.
 */
export class PreparedNames {
  readonly #limit: number;
  readonly #names = new Map<string | number, string>();

  /** @param cachedTexts how many texts are kept */
  constructor(cachedTexts: number) {
    this.#limit = cachedTexts * namesPerCachedText;
  }

  /** The name of a shape that has one: the same for good, also when its text was dropped and built again. */
  of(shape: string | number): string | undefined {
    return this.#names.get(shape);
  }

  /** The shape's name; none when all are given out, and the statement is then parsed and planned anew each time. */
  give(shape: string | number, text: string): string | undefined {
    const known = this.#names.get(shape);
    if (known !== undefined || this.#names.size >= this.#limit) return known;
    const name = preparedName('select', text);
    this.#names.set(shape, name);
    return name;
  }
}
