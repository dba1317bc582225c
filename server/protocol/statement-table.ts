import { amount, millis, percent } from './figures.ts';
import type { ServerFigures, StatementReport, StatementTotal } from './statement-report.ts';
import { table } from './table.ts';

const COLUMNS = [
  'id',
  'statement',
  'calls',
  'rows',
  'under way ms',
  'share',
  'total ms',
  'mean ms',
  'max ms',
  'where',
];
const TEXT_COLUMNS = [0, 1, 9];

/**
 * The statements that were under way longest, as text for a terminal; empty where there was none.
 * @param operationMicros of all operations: what shares of the time under way are of
 */
export function statementTable(
  { statements, leftOut }: StatementReport,
  { operationMicros, most }: { readonly operationMicros: number; readonly most: number },
): string {
  if (statements.length === 0) return '';
  const shown = statements.slice(0, most);
  const rows = shown.map((total) => rowOf(total, operationMicros));
  const others = statements.length - shown.length + leftOut;
  const lines = [table(COLUMNS, rows, TEXT_COLUMNS)];
  if (others > 0)
    lines.push(`${amount(others)} further ${others === 1 ? 'statement' : 'statements'} took less.`);
  return lines.join('\n');
}

function rowOf(total: StatementTotal, operationMicros: number): string[] {
  const underWay = underWayFor(total);
  return [
    total.id,
    total.label,
    total.failed > 0 ? `${amount(total.calls)} (${amount(total.failed)} failed)` : amount(total.calls),
    amount(total.rows),
    millis(underWay),
    operationMicros > 0 ? percent(underWay / operationMicros) : '',
    millis(total.totalMicros),
    millis(total.meanMicros),
    millis(total.maxMicros),
    whereOf(total),
  ];
}

/** Of a run that does not tell it the whole time of the statement. */
export function underWayFor({ underWayMicros, totalMicros }: StatementTotal): number {
  return underWayMicros ?? totalMicros;
}

/** The phases that it was executed in, most time first. */
function whereOf({ shares }: StatementTotal): string {
  return [...new Set(shares.map(({ phase }) => phase))].join(', ');
}

const SERVER_COLUMNS = ['calls', 'rows', 'mean ms', 'blocks hit', 'blocks read', 'WAL bytes', 'statement'];

/** What PostgreSQL itself counted, or why it did not. */
export function serverTable(figures: ServerFigures, most: number): string {
  if (!figures.isAvailable) return `${figures.reason} ${figures.advice}`;
  const rows = figures.statements
    .slice(0, most)
    .map(({ label, text, calls, rows: given, meanMicros, blocksHit, blocksRead, walBytes }) => [
      amount(calls),
      amount(given),
      millis(meanMicros),
      amount(blocksHit),
      amount(blocksRead),
      amount(walBytes),
      label ?? shortened(text),
    ]);
  return table(SERVER_COLUMNS, rows, [6]);
}

const LONGEST = 100;

function shortened(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > LONGEST ? `${line.slice(0, LONGEST).toWellFormed()}…` : line;
}
