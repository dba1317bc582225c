import { normaliseStatement } from './normalise-statement.ts';
import { type StatementExecution, textKey } from './sent-statement.ts';
import { StatementNames, statementId } from './statement-names.ts';

/** All executions of one statement. */
export interface StatementEntry {
  /** The same for the same text, in every run. */
  readonly id: string;
  /** In a few words; no two entries have the same. */
  readonly label: string;
  /** Normalised; the statements of a pipeline stand below each other. */
  readonly text: string;
  readonly executions: readonly StatementExecution[];
}

/** Groups executions by their normalised text, in the order in which each came first. */
export function statementEntries(executions: readonly StatementExecution[]): StatementEntry[] {
  const texts = new NormalisedTexts();
  const byText = new Map<string, StatementExecution[]>();
  for (const execution of executions) {
    const text = textKey(execution.texts.map((sent) => texts.of(sent)));
    const group = byText.get(text);
    if (group) group.push(execution);
    else byText.set(text, [execution]);
  }
  const names = new StatementNames(byText.keys());
  return Array.from(byText, ([text, group]) => {
    return { id: statementId(text), label: names.of(text), text, executions: group };
  });
}

/** Programs send the same texts again and again; those that put values into them never come again. */
class NormalisedTexts {
  readonly #known = new Map<string, string>();

  of(text: string): string {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const normalised = normaliseStatement(text);
    if (this.#known.size < MOST_TEXTS) this.#known.set(text, normalised);
    return normalised;
  }
}

const MOST_TEXTS = 10_000;
