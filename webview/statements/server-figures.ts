import type { ServerFigures } from '../../server/protocol/statement-report.ts';
import { serverTable } from '../../server/protocol/statement-table.ts';
import { element } from '../element.ts';

const MOST_ROWS = 20;

/** What PostgreSQL itself counted during the run, or how to have it counted. */
export function serverFigures(figures: ServerFigures): HTMLElement {
  const title = 'What PostgreSQL itself counted (pg_stat_statements)';
  const content = figures.isAvailable
    ? element('pre', { class: 'statement-tree', text: serverTable(figures, MOST_ROWS) })
    : element('p', { class: 'statements-note', text: serverTable(figures, MOST_ROWS) });
  return element('details', { class: 'statements-server' }, element('summary', { text: title }), content);
}
