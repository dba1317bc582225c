import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from '../error-code.ts';
import {
  type ClusterDirectory,
  clusterDirectory,
  inspectDataDirectory,
  makeParent,
} from './cluster-directory.ts';
import { createCluster } from './create-cluster.ts';
import { type OpenServer, openServer } from './open-server.ts';
import { locateBinaries } from './postgres-binaries.ts';
import { stopPostmaster } from './postmaster.ts';
import { serverAccount } from './server-account.ts';
import { serverSettings } from './server-settings.ts';
import { untilExit } from './until-exit.ts';

/** A PostgreSQL server of our own, for as long as this program runs. */
export interface EmbeddedPostgres extends AsyncDisposable {
  /** Of the database for events, with the superuser's password: keep it out of logs. */
  readonly connectionString: string;
  /** Where the data really lies; not always where it was asked for (see reachable-place.ts). */
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
}

/**
 * Starts PostgreSQL on a data directory, or takes over the one that a killed predecessor left running there.
 *
 * @throws one of the errors of embedded-errors.ts
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { log, signal } = options;
  const binaries = await locateBinaries();
  const wanted = await realPlace(path.resolve(options.dataDirectory));
  await makeParent(wanted);
  const account = await serverAccount(wanted);
  const dataDirectory = wanted;
  if ((await inspectDataDirectory(dataDirectory, binaries.major)) === 'empty') {
    log(`Creating a database in ${dataDirectory}`);
    await createCluster({ binaries, account, dataDirectory, signal });
  }
  const context = { binaries, account, files: clusterDirectory(dataDirectory) };
  const server = await openServer(context, { log, signal, settings: serverSettings(options.settings) });
  return supervise(context, server, log);
}

function supervise(
  context: { files: ClusterDirectory } & Parameters<typeof stopPostmaster>[0],
  server: OpenServer,
  log: (message: string) => void,
): EmbeddedPostgres {
  let stopping: Promise<void> | undefined;
  const stop = () => {
    stopping ??= stopPostmaster(context, server.postmaster.pid);
    return stopping;
  };
  return {
    connectionString: server.connectionString,
    dataDirectory: context.files.dataDirectory,
    version: server.lease.version,
    pid: server.postmaster.pid,
    exited: untilExit(context, server, { log, isStopping: () => stopping !== undefined }).then((reason) => ({
      requested: stopping !== undefined,
      reason,
    })),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** The path without symbolic links, because PostgreSQL's own word for its directory is compared with it. */
async function realPlace(directory: string): Promise<string> {
  try {
    return await realpath(directory);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT' || directory === path.dirname(directory)) return directory;
    return path.join(await realPlace(path.dirname(directory)), path.basename(directory));
  }
}
