import { targetOf } from '../database/database-target.ts';
import { verifyReachable } from '../database/verify-reachable.ts';
import { InvalidOptionError } from '../eventstore/errors.ts';
import { migrateEventStore } from '../eventstore/postgres/migrate-event-store.ts';
import { type TableNames, tableNames } from '../eventstore/postgres/table-names.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { UsageError } from './usage-error.ts';

export interface MigrateCommandOptions {
  readonly databaseUrl?: string;
  readonly eventsTable?: string;
  readonly snapshotsTable?: string;
  readonly adopt: boolean;
}

/** `migrate`: brings the event store's schema in a database of the user's own up to date, and says what was done. */
export async function migrateCommand(options: MigrateCommandOptions): Promise<ExitCode> {
  const { databaseUrl: url, eventsTable: events, snapshotsTable: snapshots, adopt } = options;
  if (url === undefined) {
    throw new UsageError(
      'No database is named.',
      'Give --database-url postgres://host:port/database, with user:password@ before the host, or set DATABASE_URL. ' +
        'The embedded database is migrated whenever a server starts.',
    );
  }
  const tables = checkedTables({
    ...(events !== undefined && { events }),
    ...(snapshots !== undefined && { snapshots }),
  });
  await verifyReachable(url);
  const { name } = targetOf(url);
  const log = (line: string) => console.log(`${line}.`);
  const applied = await migrateEventStore({ primary: url, tables, name, adoptRestoredEvents: adopt, log });
  const when = applied.length > 0 ? 'is up to date' : 'was up to date already';
  console.log(`The event store in ${name} ${when}.`);
  return EXIT.ok;
}

function checkedTables(tables: Partial<TableNames>): TableNames {
  try {
    return tableNames(tables);
  } catch (error) {
    if (error instanceof InvalidOptionError) throw new UsageError(error.message, error.advice ?? '');
    throw error;
  }
}
