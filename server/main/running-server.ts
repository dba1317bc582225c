import type { SeedRequest } from '../protocol/run.ts';
import type { ServerStatus } from '../protocol/server-status.ts';

export interface ServerOptions {
  /** Folder whose `.eventstore-profiler` holds everything that is kept. */
  readonly workspace: string;
  /** 0 for a free one; without it the one that the last server had, when it is free. */
  readonly port?: number;
  /** The user's own database; without it that of the config file, else an embedded one is started. */
  readonly databaseUrl?: string;
  /** What an empty event store is filled with at the start; nothing without it. */
  readonly seed?: SeedRequest;
  /** Whether somebody asked for the seed. Left out, it goes into an embedded store only, and only for the examples. */
  readonly isSeedAsked?: boolean;
  readonly log: (line: string) => void;
  readonly onStatus?: (status: ServerStatus) => void;
  /** Told where an embedded database is made, when there is none yet. */
  readonly onCreatingDatabase?: (dataDirectory: string) => void;
  readonly files: ServerFiles;
}

/** Where the parts of the program lie: in `dist` they lie elsewhere than in the sources. */
export interface ServerFiles {
  readonly runner: string;
  /** What the process that reads a config file executes. */
  readonly configLoader: string;
  /** Folder of the built page. */
  readonly pages: string;
  readonly migrations: string;
}

export interface RunningServer {
  /** Without token. */
  readonly url: string;
  readonly token: string;
  readonly status: () => ServerStatus;
  /** Lets a browser in, once and within a minute; holds no token. */
  browserAddress(): string;
  /** Resolves when runs can be started; rejects with the fault when the start failed. Then `stop` is still to be called. */
  readonly ready: Promise<void>;
  /** Resolves when everything has ended. */
  readonly stopped: Promise<void>;
  /** Ends the runs, the database and the port, in this order. May be called at any time, and again; never rejects. */
  stop(): Promise<void>;
  /** Ends what this process has started at once and exits. Committed events are safe; the next start recovers. */
  kill(): never;
}
