import type { StatementReport } from '../../server/protocol/statement-report.ts';
import { underWayFor } from '../../server/protocol/statement-table.ts';
import { element } from '../element.ts';
import { counted, formatMillis } from '../format.ts';
import { serverFigures } from './server-figures.ts';
import { type StatementActions, StatementRow } from './statement-row.ts';

/** More rows are read by nobody; the result has them all. */
const MOST_ROWS = 30;

const HEAD: readonly (readonly [title: string, isNumber: boolean, meaning: string])[] = [
  ['Statement', false, 'What was sent to PostgreSQL; the whole text opens'],
  ['Calls', true, 'How often it was sent by all operations'],
  ['Rows', true, 'That PostgreSQL gave back, over all calls'],
  [
    'Under way',
    true,
    'How long PostgreSQL had it during operations; the process may have worked meanwhile, which the picture tells',
  ],
  ['% of operations', true, 'The time under way, of the wall time of all operations'],
  [
    'Total',
    true,
    'From sending to the answer, over all calls, also while operations worked on what they had of it',
  ],
  ['Mean', true, 'From sending to the answer of one call'],
  ['Longest', true, 'From sending to the answer of the slowest call'],
  ['Phase', false, 'In which phases of operations it was under way'],
  ['', false, ''],
];

/** The SQL statements of a profile's operations, below its picture. Hidden where none was observed. */
export class StatementsView {
  readonly root = element('section', { class: 'statements', attributes: { 'aria-label': 'SQL statements' } });

  constructor() {
    this.clear();
  }

  clear(): void {
    this.root.hidden = true;
    this.root.replaceChildren();
  }

  /** @param operationMicros of all operations: what shares are of */
  show(report: StatementReport | undefined, operationMicros: number, actions: StatementActions): void {
    this.clear();
    if (report === undefined || report.statements.length === 0) return;
    const shown = report.statements.slice(0, MOST_ROWS);
    const all = report.statements.length + report.leftOut;
    const total = report.statements.reduce((sum, statement) => sum + underWayFor(statement), 0);
    const rows = shown.map((statement) => new StatementRow(statement, operationMicros, actions));
    this.root.append(
      element(
        'div',
        { class: 'statements-head' },
        element('h2', { text: 'SQL statements' }),
        element('span', {
          class: 'statements-sum',
          text: `${counted(all, 'statement', 'statements')}, under way for ${formatMillis(total)} of all operations' time`,
        }),
      ),
      element(
        'div',
        { class: 'statements-scroll' },
        element('table', {}, head(), element('tbody', {}, ...rows.flatMap(({ elements }) => elements))),
      ),
      ...(all > shown.length
        ? [
            element('p', {
              class: 'statements-note',
              text: `${counted(all - shown.length, 'further one', 'further ones')} took less.`,
            }),
          ]
        : []),
      serverFigures(report.server),
    );
    this.root.hidden = false;
  }
}

function head(): HTMLElement {
  const cells = HEAD.map(([text, isNumber, meaning]) =>
    element('th', {
      text,
      ...(isNumber && { class: 'is-number' }),
      attributes: { scope: 'col', title: meaning },
    }),
  );
  return element('thead', {}, element('tr', {}, ...cells));
}
