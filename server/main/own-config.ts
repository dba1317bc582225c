import path from 'node:path';
import { ConfigError } from '../config/config-error.ts';
import { ConfigWatch, type ConfigWatchOptions } from '../config/config-watch.ts';
import type { WorkspaceConfig } from '../config/read-config.ts';
import { targetOf } from '../database/database-target.ts';
import { describeError } from '../lib/describe-error.ts';
import type { HandlerInfo } from '../protocol/handler-info.ts';
import type { RunRequest } from '../protocol/run.ts';
import type { ServerStatus } from '../protocol/server-status.ts';
import { checkRequest } from './check-request.ts';
import { listedHandlers } from './listed-handlers.ts';

/** What the config file of the workspace means for the server that runs: its handlers, its database. */
export class OwnConfig {
  readonly #watch: ConfigWatch;
  /** Of the config file at the start, unless somebody named another database. */
  #databaseUrl: string | undefined;
  #isDatabaseGiven = true;

  constructor(options: ConfigWatchOptions) {
    this.#watch = new ConfigWatch(options);
  }

  /** As it is now; undefined without a file. */
  readonly current = (): Promise<WorkspaceConfig | undefined> => this.#watch.current();

  readonly handlers = async (): Promise<readonly HandlerInfo[]> => listedHandlers(await this.current());

  /** @throws what `checkRequest` throws, and a ConfigError when the file names another database than the server uses */
  readonly checkRequest = async (request: RunRequest): Promise<void> => {
    const config = await this.current();
    checkRequest(request, config);
    if (config !== undefined && this.#isOtherDatabase(config)) throw otherDatabase(config);
  };

  /** The database to use: the one that was asked for counts more than that of the file. */
  async databaseOf(
    given: string | undefined,
  ): Promise<{ readonly url: string | undefined; readonly mayMigrate: boolean }> {
    const config = await this.current();
    this.#isDatabaseGiven = given !== undefined;
    this.#databaseUrl = config?.databaseUrl;
    // Nothing is made in a database that the file names, though the environment names it as well.
    return { url: given ?? config?.databaseUrl, mayMigrate: config?.databaseUrl === undefined };
  }

  status(): Pick<ServerStatus, 'config'> {
    const { config, revision } = this.#watch.latest();
    if (config === undefined) return {};
    const fault =
      config.fault ?? (this.#isOtherDatabase(config) ? describeError(otherDatabase(config)) : undefined);
    return { config: { file: path.basename(config.file), revision, ...(fault && { error: fault }) } };
  }

  #isOtherDatabase({ databaseUrl, fault }: WorkspaceConfig): boolean {
    return !this.#isDatabaseGiven && fault === undefined && databaseUrl !== this.#databaseUrl;
  }
}

function otherDatabase({ file, databaseUrl }: WorkspaceConfig): ConfigError {
  const named =
    databaseUrl === undefined ? 'no database any more' : `another database: ${shown(databaseUrl)}`;
  return new ConfigError(
    'config_database_changed',
    `${path.basename(file)} names ${named}; the server still uses the one that it began with.`,
    { advice: 'Restart the server.', field: 'database.url' },
  );
}

/** Without the password; what is no address is not repeated at all. */
function shown(databaseUrl: string): string {
  try {
    return targetOf(databaseUrl).name;
  } catch (error) {
    if (error instanceof TypeError) return 'one whose URL cannot be read';
    throw error;
  }
}
