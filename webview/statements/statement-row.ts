import { explainText, unexecutedOf } from '../../server/protocol/plan-text.ts';
import type { ExplainRequest, ExplainResult } from '../../server/protocol/statement-plan.ts';
import type { StatementTotal } from '../../server/protocol/statement-report.ts';
import { underWayFor } from '../../server/protocol/statement-table.ts';
import { type Button, button } from '../controls.ts';
import { element } from '../element.ts';
import { formatCount, formatMillis, formatShare } from '../format.ts';

/** A plan that was asked for, and its run, whose profile has the plan in the picture. */
export interface ExplainedRun {
  readonly run: string;
  readonly result: ExplainResult;
}

export interface StatementActions {
  /** Has PostgreSQL explain a statement. Rejects with a sentence. */
  explain(statement: string, analyze: ExplainRequest['analyze']): Promise<ExplainedRun>;
  /** Shows the profile with the plan below the waiting for the statement. */
  showPlan(plan: ExplainedRun): Promise<void>;
  /** A fault as an element to show. */
  fault(error: unknown): HTMLElement;
}

/** A statement in the table, and below it the plan when it was asked for. */
export class StatementRow {
  readonly elements: readonly HTMLElement[];
  readonly #statement: StatementTotal;
  readonly #actions: StatementActions;
  readonly #plan = element('tr', { class: 'statement-plan' });
  readonly #button: Button;

  constructor(statement: StatementTotal, operationMicros: number, actions: StatementActions) {
    this.#statement = statement;
    this.#actions = actions;
    this.#plan.hidden = true;
    this.#button = button({
      text: 'Explain',
      title: `Explain ${statement.label}`,
      class: 'statement-explain',
      pressed: () => void this.#explain('auto'),
    });
    this.elements = [this.#row(operationMicros), this.#plan];
  }

  #row(operationMicros: number): HTMLElement {
    const { calls, failed, rows, totalMicros, meanMicros, maxMicros, shares } = this.#statement;
    const underWay = underWayFor(this.#statement);
    const share = operationMicros > 0 ? formatShare(underWay / operationMicros) : '';
    const numbers = [
      failed > 0 ? `${formatCount(calls)} (${formatCount(failed)} failed)` : formatCount(calls),
      formatCount(rows),
      formatMillis(underWay),
      share,
      formatMillis(totalMicros),
      formatMillis(meanMicros),
      formatMillis(maxMicros),
    ];
    return element(
      'tr',
      { class: 'statement' },
      element('td', { class: 'statement-text' }, this.#text()),
      ...numbers.map((text) => element('td', { class: 'is-number', text })),
      element('td', { text: [...new Set(shares.map(({ phase }) => phase))].join(', ') }),
      element('td', {}, this.#button),
    );
  }

  /** In short; the whole text opens. */
  #text(): HTMLElement {
    const { label, text } = this.#statement;
    return element(
      'details',
      {},
      element('summary', {}, element('code', { text: label })),
      element('pre', { text }),
    );
  }

  async #explain(analyze: ExplainRequest['analyze']): Promise<void> {
    this.#button.disabled = true;
    this.#show(
      element('p', { class: 'statements-note', text: 'Asking PostgreSQL …', attributes: { role: 'status' } }),
    );
    try {
      const { run, result } = await this.#actions.explain(this.#statement.id, analyze);
      this.#show(
        element('pre', { class: 'statement-tree is-plan', text: explainText(result) }),
        ...this.#inPicture({ run, result }),
        ...(unexecutedOf(result).length > 0 ? [this.#executeButton()] : []),
      );
    } catch (error) {
      this.#show(this.#actions.fault(error));
    } finally {
      this.#button.disabled = false;
    }
  }

  /** The way to the plan in the picture, or why there is none. */
  #inPicture(plan: ExplainedRun): HTMLElement[] {
    const { artifacts, notInPicture } = plan.result;
    if (artifacts.length > 0) return [this.#showButton(plan)];
    return notInPicture === undefined
      ? []
      : [element('p', { class: 'statements-note statement-no-picture', text: notInPicture })];
  }

  /** What was not executed may do what no rollback undoes: whoever does not mind may have it executed. */
  #executeButton(): HTMLElement {
    return button({
      text: 'Execute it, and roll back',
      title:
        'Execute it, and roll back. Sequences advance all the same, and so does what functions do elsewhere.',
      pressed: () => void this.#explain('always'),
    });
  }

  #showButton(plan: ExplainedRun): HTMLElement {
    const pressed = () => {
      this.#actions.showPlan(plan).catch((error: unknown) => this.#show(this.#actions.fault(error)));
    };
    return button({ text: 'Show the plan in the picture', pressed });
  }

  #show(...content: readonly HTMLElement[]): void {
    this.#plan.replaceChildren(element('td', { attributes: { colspan: '10' } }, ...content));
    this.#plan.hidden = false;
  }
}
