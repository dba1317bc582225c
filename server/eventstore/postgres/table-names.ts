import { InvalidOptionError } from '../errors.ts';

/** The tables of one store; several stores can live in one database. */
export interface TableNames {
  /** `events` when it is left out. */
  readonly events: string;
  /** `snapshots` when it is left out. */
  readonly snapshots: string;
}

const defaults: TableNames = { events: 'events', snapshots: 'snapshots' };

// Lower case needs no quotes, and 40 characters leave room for the names of indexes and functions: 63 are the limit.
const nameForm = /^[a-z][a-z0-9_]{0,39}$/;

/**
 * Names that a function of the store (migrations/) has for a column, a parameter, a variable or a part of a query, where it
 * also names the table; and `schema`, whose record of changes would be that of the usual tables.
 */
const takenNames = new Set(
  `all_events_key appending appending_floor boundary cmax cmin ctid event_type event_types first
  floor_number floor_transaction found found_unseen highest imported in_progress is_in_the_dark
  is_locked is_unseen item last_number life lock locks max_recent max_usual metadata metadatas
  occurred_at occurred_at_ms older own part payload payload_index payloads position recent schema seen
  sequence_floor sequence_number stored tableoid transaction_id types up_to usual_part usual_text
  usual_types xmax xmin`.split(/\s+/),
);

/** @throws InvalidOptionError for names that are no plain identifiers, are used for something else, or are the same */
export function tableNames(chosen: Partial<TableNames> = {}): TableNames {
  const { events = defaults.events, snapshots = defaults.snapshots } = chosen;
  refuseName('events', events);
  refuseName('snapshots', snapshots);
  if (events === snapshots) {
    throw new InvalidOptionError('Events and snapshots cannot be in the same table.', {
      advice: 'Give two different names.',
      field: 'tables',
    });
  }
  return { events, snapshots };
}

function refuseName(field: keyof TableNames, name: string): void {
  const isPlain = typeof name === 'string' && nameForm.test(name);
  // PostgreSQL looks among its own tables first.
  if (isPlain && !name.startsWith('pg_') && !takenNames.has(name)) return;
  throw new InvalidOptionError(`The store's table for ${field} cannot be named ${JSON.stringify(name)}.`, {
    advice: isPlain
      ? 'The name is used for something else; choose another one.'
      : 'Give 1 to 40 lower-case letters, digits and underscores, beginning with a letter.',
    field: `tables.${field}`,
  });
}

/** A function of the store in the database; each events table has its own. */
export function functionName(tables: TableNames, name: string): string {
  return hasDefaultEvents(tables) ? `eventstore_${name}` : `${tables.events}_store_${name}`;
}

/** The sequence that gives the events their numbers, as PostgreSQL names it for the column. */
export function sequenceName({ events }: TableNames): string {
  return `${events}_sequence_number_seq`;
}

/** Where the applied schema changes of the store are recorded. */
export function migrationsTable(tables: TableNames): string {
  return hasDefaultEvents(tables) ? 'schema_migrations' : `${tables.events}_migrations`;
}

export function hasDefaultNames({ events, snapshots }: TableNames): boolean {
  return events === defaults.events && snapshots === defaults.snapshots;
}

function hasDefaultEvents({ events }: TableNames): boolean {
  return events === defaults.events;
}
