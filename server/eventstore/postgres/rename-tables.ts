import { functionName, hasDefaultNames, type TableNames } from './table-names.ts';

/**
 * A schema change with other names: the files say `events`, `snapshots`, `eventstore_…`, and so do the names that are
 * made from these (`events_payload`). Tables are quoted, as they may be called like a keyword. Within string constants
 * too: those hold names for a cast to regclass, or SQL. Comments stay what they are.
 */
export function renameTables(sql: string, tables: TableNames): string {
  if (hasDefaultNames(tables)) return sql;
  return sql.replace(commentOrName, (text, name?: keyof TableNames | 'eventstore', rest = '') => {
    if (name === undefined) return text;
    if (name === 'eventstore') return rest === '' ? text : functionName(tables, rest.slice(1));
    return rest === '' ? `"${tables[name]}"` : `${tables[name]}${rest}`;
  });
}

const commentOrName = /--[^\n]*|\b(events|snapshots|eventstore)(_\w+)?\b/g;
