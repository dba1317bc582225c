import { createHash } from 'node:crypto';
import { statementLabel } from './statement-label.ts';

/**
 * One name for each statement of a run, wherever it is shown: frames, tables, plans. It is the label of its text; where
 * other statements have the same label, each of them has its id behind it.
 */
export class StatementNames {
  readonly #byText: ReadonlyMap<string, string>;
  readonly #taken: ReadonlySet<string>;

  /** @param texts normalised */
  constructor(texts: Iterable<string>) {
    const labels = new Map(Array.from(texts, (text) => [text, statementLabel(text)]));
    const counts = new Map<string, number>();
    for (const label of labels.values()) counts.set(label, (counts.get(label) ?? 0) + 1);
    this.#byText = new Map(
      Array.from(labels, ([text, label]) => [text, counts.get(label) === 1 ? label : withId(label, text)]),
    );
    this.#taken = new Set(labels.values());
  }

  /** Also of a statement that only PostgreSQL has told of. */
  of(text: string): string {
    const known = this.#byText.get(text);
    if (known !== undefined) return known;
    const label = statementLabel(text);
    return this.#taken.has(label) ? withId(label, text) : label;
  }
}

/** The same for the same text, in every run. */
export function statementId(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, ID_LENGTH);
}

/** Two of some thousand statements have the same by a chance of about 1 in 1,000. */
const ID_LENGTH = 8;

function withId(label: string, text: string): string {
  return `${label} #${statementId(text)}`;
}
