import { type Database, openUrlDatabase } from './database.ts';
import { openEmbeddedDatabase } from './embedded-database.ts';
import type { OwnConfig } from './own-config.ts';
import type { ServerOptions } from './running-server.ts';

export interface DatabaseOpening {
  readonly options: ServerOptions;
  readonly config: OwnConfig;
  /** Of an embedded one. */
  readonly dataDirectory: string;
  readonly signal: AbortSignal;
  readonly onStep: (step: string) => void;
  /** An embedded one ended, and is started again; then `onRestarted` is told, with the fault if that failed. */
  readonly onLost: (reason: string) => void;
  readonly onRestarted: (fault: unknown) => void;
}

/** The database of the workspace: the one that was asked for, else that of the config file, else an embedded one. */
export async function openDatabase(opening: DatabaseOpening): Promise<Database> {
  const { options, config, dataDirectory, signal, onStep, onLost, onRestarted } = opening;
  const { log, files, onCreatingDatabase } = options;
  const { url, mayMigrate } = await config.databaseOf(options.databaseUrl);
  if (url !== undefined) {
    onStep('Connecting to PostgreSQL');
    return await openUrlDatabase({ url, migrate: mayMigrate, migrations: files.migrations, log });
  }
  onStep('Starting PostgreSQL');
  return await openEmbeddedDatabase({
    dataDirectory,
    migrations: files.migrations,
    log,
    signal,
    onCreating: onCreatingDatabase,
    onLost,
    onRestarted,
  });
}
