import { ProfilerError } from '../lib/profiler-error.ts';

/** The database's schema was changed by a version of this program that knows more migrations than this one. */
export class SchemaVersionError extends ProfilerError {
  override readonly name = 'SchemaVersionError';
  constructor(database: string, versions: { unknown: readonly string[]; newestKnown: string }) {
    super(
      'schema_newer',
      `The database ${database} belongs to a newer version of Event Store Profiler: it has the schema change ` +
        `${versions.unknown.join(', ')}, and this version knows them up to ${versions.newestKnown}.`,
      { advice: 'Update Event Store Profiler, or use another data directory or DATABASE_URL.' },
    );
  }
}

/** A schema change failed and was rolled back; the database is as it was. */
export class MigrationFailedError extends ProfilerError {
  override readonly name = 'MigrationFailedError';
  constructor(database: string, migration: string | undefined, cause: unknown) {
    const change = migration === undefined ? 'The schema' : `The schema change ${migration}`;
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(
      'migration_failed',
      `${change} could not be applied to ${database}: ${reason}. Nothing was changed.`,
      {
        advice:
          'Give the user of DATABASE_URL the right to create tables and functions, or use a database of its own.',
        cause,
      },
    );
  }
}
