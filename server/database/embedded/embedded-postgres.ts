import { clusterDirectory } from './cluster-directory.ts';
import { createCluster } from './create-cluster.ts';
import { type OpenServer, openServer } from './open-server.ts';
import { locateBinaries, type PostgresBinaries } from './postgres-binaries.ts';
import { type PostmasterContext, stopPostmaster } from './postmaster.ts';
import { usualSharedParents } from './reachable-place.ts';
import { serverPlace } from './server-place.ts';
import { serverSettings } from './server-settings.ts';
import { untilExit } from './until-exit.ts';

/** A PostgreSQL server of our own, for as long as this program runs. */
export interface EmbeddedPostgres extends AsyncDisposable {
  /** Of the database for events, with the superuser's password: keep it out of logs. */
  readonly connectionString: string;
  /** Where the data really lies; not always where it was asked for (see server-place.ts). */
  readonly dataDirectory: string;
  /** E.g. `18.4`. */
  readonly version: string;
  readonly pid: number;
  /** Settles when the server is gone, with a sentence that says how; `requested` after `stop()`. */
  readonly exited: Promise<PostgresExit>;
  /** Disconnects all clients and ends the server in order; may be called again. */
  stop(): Promise<void>;
}

export interface PostgresExit {
  readonly requested: boolean;
  readonly reason: string;
}

export interface EmbeddedPostgresOptions {
  /** Made when it is missing or empty; one that holds other files is refused and not touched. */
  readonly dataDirectory: string;
  readonly log: (message: string) => void;
  /** Ends a start that is under way. */
  readonly signal?: AbortSignal;
  /** Server settings on top of ours, e.g. `fsync: 'off'` for a test. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Told where a new database is made, before it is; not when there is one. */
  readonly onCreating?: ((dataDirectory: string) => void) | undefined;
  /** Where it is to listen; by default a port that is free. */
  readonly choosePort?: () => Promise<number>;
  /** Other programs than those that this package brings. */
  readonly binaries?: PostgresBinaries | undefined;
  /** Where to look for a place that PostgreSQL's account can enter, when root starts this (see reachable-place.ts). */
  readonly sharedParents?: readonly string[];
}

/**
 * Starts PostgreSQL on a data directory, or takes over the one that a killed predecessor left running there.
 *
 * @throws one of the errors of embedded-errors.ts
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { log, signal } = options;
  const installed = options.binaries ?? (await locateBinaries());
  const { isNew, ...place } = await serverPlace({
    binaries: installed,
    wanted: options.dataDirectory,
    sharedParents: options.sharedParents ?? usualSharedParents,
    log,
  });
  if (isNew) {
    log(`Creating a database in ${place.dataDirectory}`);
    options.onCreating?.(place.dataDirectory);
    await createCluster({ ...place, signal });
  }
  const context = { ...place, files: clusterDirectory(place.dataDirectory) };
  const settings = serverSettings(options.settings);
  const server = await openServer(context, { log, signal, settings, choosePort: options.choosePort });
  return supervise(context, server, log);
}

function supervise(
  context: PostmasterContext,
  server: OpenServer,
  log: (message: string) => void,
): EmbeddedPostgres {
  let stopping: Promise<void> | undefined;
  const isStopping = () => stopping !== undefined;
  const exited = untilExit(context, server, { log, isStopping }).then((reason) => ({
    requested: isStopping(),
    reason,
  }));
  const stop = () => {
    stopping ??= stopPostmaster(context, server.postmaster.pid).then(async () => void (await exited));
    return stopping;
  };
  return {
    connectionString: server.connectionString,
    dataDirectory: context.files.dataDirectory,
    version: server.lease.version,
    pid: server.postmaster.pid,
    exited,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}
