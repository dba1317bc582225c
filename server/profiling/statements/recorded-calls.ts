import { KnownTexts, OTHER_STATEMENTS } from './known-texts.ts';
import { type StatementCall, type StatementExecution, textKey } from './sent-statement.ts';
import { SlowestCalls } from './slowest-calls.ts';

/** What is kept of statements that were executed. */
export class RecordedCalls {
  /** As they ended. */
  readonly executions: StatementExecution[] = [];
  readonly #texts = new KnownTexts();
  /** By the one object that stands for the same texts. */
  readonly #slowest = new SlowestCalls<readonly string[]>();

  take(call: StatementCall): void {
    const { statements, operation, stretches, rows, isFailed } = call;
    const texts = this.#texts.of(statements.map(({ text }) => text));
    this.executions.push({ operation, texts, stretches, rows, isFailed });
    if (texts !== OTHER_STATEMENTS) this.#slowest.take(texts, call);
  }

  /** By `textKey`. */
  get slowest(): ReadonlyMap<string, StatementCall> {
    return new Map(Array.from(this.#slowest.calls, ([texts, call]) => [textKey(texts), call]));
  }
}
