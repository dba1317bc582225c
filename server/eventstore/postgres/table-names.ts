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

/** @throws InvalidOptionError for names that are no plain identifiers, or the same */
export function tableNames(chosen: Partial<TableNames> = {}): TableNames {
  const names = { ...defaults, ...chosen };
  for (const field of ['events', 'snapshots'] as const) {
    if (nameForm.test(names[field])) continue;
    throw new InvalidOptionError(
      `The store's table for ${field} cannot be named ${JSON.stringify(names[field])}.`,
      {
        advice: 'Give 1 to 40 lower-case letters, digits and underscores, beginning with a letter.',
        field: `tables.${field}`,
      },
    );
  }
  if (names.events === names.snapshots) {
    throw new InvalidOptionError('Events and snapshots cannot be in the same table.', {
      advice: 'Give two different names.',
      field: 'tables',
    });
  }
  return names;
}

/** A function of the store in the database; each events table has its own. */
export function functionName(tables: TableNames, name: string): string {
  return hasDefaultEvents(tables) ? `eventstore_${name}` : `${tables.events}_store_${name}`;
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
