import { InvalidOptionError, type SchemaProblem, SchemaVersionError } from '../errors.ts';
import { type SchemaState, soundNumbering } from './schema-state.ts';
import { hasDefaultNames, migrationsTable, sequenceName, type TableNames } from './table-names.ts';

export interface SchemaPlace {
  readonly tables: TableNames;
  /** What sentences call the database; its own name when it is left out. */
  readonly name?: string | undefined;
  /** The changes that this version knows, oldest first. */
  readonly known: readonly string[];
}

/** Why a program cannot work with the schema; undefined when it can. */
export function schemaFault(state: SchemaState, place: SchemaPlace): Error | undefined {
  return blockingFault(state, place) ?? lackingFault(state, place) ?? ruinFault(state, place);
}

/** What no migration can help with. */
export function blockingFault(state: SchemaState, place: SchemaPlace): Error | undefined {
  const { tables, known } = place;
  const { applied = [], snapshotsOf } = state;
  const record = migrationsTable(tables);
  const first = known[0] ?? '';
  if (state.hasForeignRecord || (applied.length > 0 && !applied.includes(first))) {
    return fault('incomplete', {
      message: `The table ${record} of ${nameOf(state, place)} belongs to another program; the event store would keep its schema changes there.`,
      advice:
        'Choose another name for the events table, which gives the event store a record of its own: ' +
        "tables: { events: 'stored_events' }, or --events-table stored_events.",
    });
  }
  const unknown = applied.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    return fault('newer', {
      message:
        `The database ${nameOf(state, place)} belongs to a newer version of Event Store Profiler: it has the schema change ` +
        `${unknown.join(', ')}, and this version knows them up to ${known.at(-1)}.`,
      advice: 'Update Event Store Profiler, or use another database (DATABASE_URL) or data directory.',
    });
  }
  if (snapshotsOf !== undefined && snapshotsOf !== tables.events) {
    return new InvalidOptionError(
      `The table ${tables.snapshots} of ${nameOf(state, place)} holds the snapshots of another event store, whose events are in the table ${snapshotsOf}.`,
      { advice: 'Give both names: tables: { events, snapshots }.', field: 'tables.snapshots' },
    );
  }
  return undefined;
}

/** What migrations help with. */
function lackingFault(state: SchemaState, place: SchemaPlace): Error | undefined {
  const { tables, known } = place;
  const { applied = [] } = state;
  const lacking = known.filter((name) => !applied.includes(name));
  if (lacking.length === 0) return undefined;
  const advice = migrateAdvice(tables);
  if (state.isReplica) return replicaBehindFault(state, { lacking, advice, name: nameOf(state, place) });
  if (applied.length > 0) {
    return fault('older', {
      message: `The event store in ${nameOf(state, place)} is of an older version: it lacks the schema ${lacking.length > 1 ? 'changes' : 'change'} ${lacking.join(', ')}.`,
      advice,
    });
  }
  const inTheWay = [state.hasEvents && tables.events, state.hasSnapshots && tables.snapshots].filter(Boolean);
  if (inTheWay.length === 0) {
    return fault('missing', {
      message: `The database ${nameOf(state, place)} holds no event store.`,
      advice,
    });
  }
  return fault('missing', {
    message: `The database ${nameOf(state, place)} holds no event store, but has the table ${inTheWay.join(' and ')} without a record of the event store's schema changes (${migrationsTable(tables)}).`,
    advice: `If it belongs to another program, choose other names (tables: { events, snapshots }) and migrate. If it was restored from a backup, restore ${migrationsTable(tables)} and the functions as well.`,
  });
}

/** A migration reaches it through its primary, if it has not begun there. */
function replicaBehindFault(
  { applied = [] }: SchemaState,
  { lacking, advice, name }: { lacking: readonly string[]; advice: string; name: string },
): Error {
  return fault(applied.length > 0 ? 'older' : 'missing', {
    message: `The database ${name} is on a replica that is behind: it has not received the schema ${lacking.length > 1 ? 'changes' : 'change'} ${lacking.join(', ')} yet.`,
    advice:
      'Wait until the replica has caught up with its primary (pg_stat_replication there tells how far it is), then open the ' +
      `event store again. If the primary itself was not migrated: ${advice}`,
  });
}

/** What was there once and is not any more, or is not as it was. */
export function ruinFault(state: SchemaState, place: SchemaPlace): Error | undefined {
  const { tables } = place;
  const gone = [
    ...(state.hasEvents ? [] : [`the table ${tables.events}`]),
    ...(state.hasSnapshots ? [] : [`the table ${tables.snapshots}`]),
    ...(state.hasEvents && state.sequence === null ? [`the sequence ${sequenceName(tables)}`] : []),
    ...state.missingFunctions.map((name) => `the function ${name}`),
  ];
  if (gone.length === 0) return numberingFault(state, place);
  return fault('incomplete', {
    message: `The event store in ${nameOf(state, place)} is not whole: ${gone.join(', ')} cannot be found, though all schema changes are recorded as applied.`,
    advice:
      'Check the names of the tables and the search_path of the connection, or restore what is gone from a backup: ' +
      'pg_dump --schema-only of the same version has the functions.',
  });
}

function numberingFault(state: SchemaState, place: SchemaPlace): Error | undefined {
  if (state.sequence === soundNumbering) return undefined;
  const sequence = sequenceName(place.tables);
  return fault('incomplete', {
    message: `The sequence ${sequence} of ${nameOf(state, place)} was changed: it gives numbers with ${state.sequence}, and readers would miss events.`,
    advice:
      `While no program appends, run "ALTER SEQUENCE ${sequence} ${soundNumbering}", and end the connections that were open ` +
      'before: they may keep numbers back.',
  });
}

/** How to create or upgrade the schema, for a person and for a program. */
export function migrateAdvice(tables: TableNames, flag = ''): string {
  const names = hasDefaultNames(tables)
    ? ''
    : ` --events-table ${tables.events} --snapshots-table ${tables.snapshots}`;
  const options = ['primary', ...(names && ['tables']), ...(flag && ['adoptRestoredEvents: true'])].join(
    ', ',
  );
  const command = `npx eventstore-profiler migrate --database-url <url>${names}${flag && ` ${flag}`}`;
  return `Run "${command}", or call migrateEventStore({ ${options} }).`;
}

function nameOf(state: SchemaState, { name }: SchemaPlace): string {
  return name ?? state.database;
}

function fault(problem: SchemaProblem, said: { message: string; advice: string }): SchemaVersionError {
  return new SchemaVersionError(said.message, { problem, advice: said.advice });
}
