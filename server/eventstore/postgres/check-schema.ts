import type pg from 'pg';
import { EventStoreUnavailableError } from '../errors.ts';
import { isMissingSchema, readFault } from './database-fault.ts';
import { hasRestoredEventsSql, refuseRestoredEvents } from './restored-events.ts';
import { schemaChanges } from './schema-changes.ts';
import { schemaFault } from './schema-faults.ts';
import {
  isSupportedServerSql,
  numberingSql,
  readSchemaState,
  snapshotsOfSql,
  soundNumbering,
  storeFunctions,
} from './schema-state.ts';
import { migrationsTable, sequenceName, type TableNames } from './table-names.ts';

/**
 * Refuses a database that this version cannot work with, and says why. One round trip, unless something is wrong.
 * @throws SchemaVersionError, RestoredEventsError, UnsupportedServerError, InvalidOptionError, EventStoreUnavailableError
 */
export async function checkSchema(pool: pg.Pool, tables: TableNames): Promise<void> {
  try {
    if (await isFine(pool, tables)) return;
    const place = { tables, known: schemaChanges };
    const fault = schemaFault(await readSchemaState(pool, tables), place);
    if (fault) throw fault;
    await refuseRestoredEvents(pool, place);
    // Somebody has migrated it in between.
    if (await isFine(pool, tables)) return;
  } catch (error) {
    throw readFault(error);
  }
  throw new EventStoreUnavailableError('The schema of the event store is being changed.', {
    advice: 'Try again in a moment.',
  });
}

async function isFine(pool: pg.Pool, tables: TableNames): Promise<boolean> {
  try {
    const { rows } = await pool.query<[string]>({
      text: isFineSql(tables),
      values: [schemaChanges, storeFunctions(tables), tables.snapshots, tables.events, sequenceName(tables)],
      rowMode: 'array',
    });
    return rows[0]?.[0] === 'true';
  } catch (error) {
    if (isMissingSchema(error)) return false;
    throw error;
  }
}

// As text, for the caller's pool may have parsers of its own.
const isFineSql = (tables: TableNames) => `
  SELECT (
    ${isSupportedServerSql}
    AND ARRAY(SELECT name::text FROM "${migrationsTable(tables)}" ORDER BY name COLLATE "C") = $1::text[]
    AND (SELECT bool_and(to_regprocedure(wanted) IS NOT NULL) FROM unnest($2::text[]) AS wanted)
    AND ${numberingSql('$5')} = '${soundNumbering}'
    AND to_regclass(quote_ident($3)) IS NOT NULL
    AND coalesce(${snapshotsOfSql('$3')} = $4, true)
    AND NOT ${hasRestoredEventsSql(tables)}
  )::text`;
