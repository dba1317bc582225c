import { targetOf } from '../database/database-target.ts';
import { verifyReachable } from '../database/verify-reachable.ts';
import type { ServerStatus } from '../protocol/server-status.ts';
import { connectDatabase } from './database-connection.ts';

export type DatabaseInfo = NonNullable<ServerStatus['database']>;

/** The PostgreSQL that holds the events, embedded or the user's own. */
export interface Database {
  readonly info: DatabaseInfo;
  /**
   * For a run to connect with; waits while the database restarts. Holds the password: keep it out of logs.
   * @param options whether PostgreSQL counts the statements of these connections; a database of the user's own decides that itself
   */
  url(options?: { readonly countsStatements?: boolean }): Promise<string>;
  /** About how many events there are; undefined where the database holds no event store of this version. */
  countEvents(): Promise<number | undefined>;
  /** Ends what a killed process left connected. */
  releaseConnections(applicationName: string): Promise<void>;
  close(): Promise<void>;
  /** Ends an embedded server at once, without waiting; its next start recovers. */
  kill(): void;
}

export interface UrlDatabaseOptions {
  readonly url: string;
  /** Whether the event store may be made in it, or brought to this version. */
  readonly migrate: boolean;
  readonly migrations: string;
  readonly log: (line: string) => void;
}

/** The user's own database. @throws DatabaseUnreachableError, SchemaVersionError, MigrationFailedError */
export async function openUrlDatabase(options: UrlDatabaseOptions): Promise<Database> {
  const { url } = options;
  await verifyReachable(url);
  const connection = await connectDatabase(options);
  return {
    info: { kind: 'url', location: targetOf(url).name, version: connection.version },
    url: async () => url,
    countEvents: connection.countEvents,
    releaseConnections: connection.releaseConnections,
    close: connection.close,
    kill: () => undefined,
  };
}
