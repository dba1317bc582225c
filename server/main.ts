import { randomUUID } from 'node:crypto';
import { createApp } from './http/app.ts';
import { BrowserAccess } from './http/browser-access.ts';
import type { Listener } from './http/listen.ts';
import { RunDirectory } from './jobs/run-directory.ts';
import { RunQueue } from './jobs/run-queue.ts';
import { systemClock } from './lib/clock.ts';
import { describeError, stackOf } from './lib/describe-error.ts';
import type { Database } from './main/database.ts';
import { ServerStartingError, ServerStoppingError } from './main/errors.ts';
import { explainedSubject } from './main/explained-subject.ts';
import { type KeptAddress, keepAddress, newToken, readKeptAddress } from './main/kept-address.ts';
import { openDatabase } from './main/open-database.ts';
import { openPort } from './main/open-port.ts';
import { OwnConfig } from './main/own-config.ts';
import { runAllSteps } from './main/run-all-steps.ts';
import { runStarter } from './main/run-starter.ts';
import type { RunningServer, ServerOptions } from './main/running-server.ts';
import { seedFor } from './main/seed-choice.ts';
import { seedWhenEmpty } from './main/seed-when-empty.ts';
import { type ServerLock, takeServerLock } from './main/server-lock.ts';
import { ServerState } from './main/server-state.ts';
import { VERSION } from './main/version.ts';
import { prepareWorkspace, type Workspace, workspaceAt } from './main/workspace.ts';
import type { Run } from './protocol/run.ts';
import type { ServerStatus } from './protocol/server-status.ts';

/**
 * Starts the server of a workspace. Resolves as soon as it listens and holds the workspace; the database comes after.
 * @throws PortError, AlreadyRunningError, FileFaultError
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const kept = await readKeptAddress(workspaceAt(options.workspace).addressFile);
  const server = new Server(options, kept);
  await server.listen();
  return server;
}

class Server implements RunningServer {
  readonly token: string;
  readonly ready: Promise<void>;
  readonly stopped: Promise<void>;
  readonly #access: BrowserAccess;
  readonly #keptPort: number | undefined;
  readonly #options: ServerOptions;
  readonly #workspace: Workspace;
  readonly #directory: RunDirectory;
  readonly #state: ServerState;
  readonly #ready = Promise.withResolvers<void>();
  readonly #stopped = Promise.withResolvers<void>();
  readonly #abort = new AbortController();
  readonly #config: OwnConfig;
  #listener: Listener | undefined;
  #lock: ServerLock | undefined;
  #opening: Promise<void> = Promise.resolve();
  #database: Database | undefined;
  #queue: RunQueue | undefined;
  #stopping = false;

  constructor(options: ServerOptions, kept: KeptAddress | undefined) {
    this.token = kept?.token ?? newToken();
    this.#access = new BrowserAccess(this.token);
    this.#keptPort = kept?.port;
    this.#options = options;
    this.#workspace = workspaceAt(options.workspace);
    this.#directory = new RunDirectory(this.#workspace.runs);
    this.#config = new OwnConfig({
      workspace: options.workspace,
      loader: options.files.configLoader,
      signal: this.#abort.signal,
      log: options.log,
    });
    this.#state = new ServerState(VERSION, (status) => options.onStatus?.(status));
    this.ready = this.#ready.promise;
    this.stopped = this.#stopped.promise;
    // Whoever does not wait for it learns of the fault from the status.
    this.ready.catch(() => undefined);
  }

  get url(): string {
    return this.#listener?.url ?? '';
  }

  status = (): ServerStatus => ({ ...this.#state.status, ...this.#config.status() });

  browserAddress(): string {
    return `${this.url}/?code=${this.#access.issueCode()}`;
  }

  async listen(): Promise<void> {
    this.#state.starting('Starting');
    this.#listener = await openPort(this.#createApp(), {
      port: this.#options.port,
      keptPort: this.#keptPort,
      serverFile: this.#workspace.serverFile,
    });
    try {
      await prepareWorkspace(this.#workspace);
      const record = { pid: process.pid, url: this.url, token: this.token, instance: randomUUID() };
      this.#lock = await takeServerLock(this.#workspace.serverFile, record);
      await keepAddress(this.#workspace.addressFile, { port: this.#listener.port, token: this.token });
    } catch (error) {
      await this.#lock?.release();
      await this.#listener.close();
      throw error;
    }
    this.#opening = this.#open().then(
      () => this.#ready.resolve(),
      (error: unknown) => this.#fail(error),
    );
  }

  async stop(): Promise<void> {
    if (this.#stopping) return await this.stopped;
    this.#stopping = true;
    this.#state.stopping();
    this.#abort.abort(new ServerStoppingError());
    const steps = {
      'Ending the runs': () => this.#queue?.stop(),
      'Ending the start': () => this.#opening,
      'Closing the database': () => this.#database?.close(),
      'Giving the workspace free': () => this.#lock?.release(),
      // Last: a server that starts meanwhile sees `stopping` and waits.
      'Closing the port': () => this.#listener?.close(),
    };
    await runAllSteps(steps, this.#options.log);
    this.#stopped.resolve();
  }

  kill(): never {
    // Runs end by themselves when this process is gone; PostgreSQL does not.
    this.#database?.kill();
    process.exit(130);
  }

  #createApp() {
    return createApp({
      access: this.#access,
      status: this.status,
      handlers: this.#config.handlers,
      runs: () => this.#openQueue(),
      checkRequest: async (request) => {
        await this.#config.checkRequest(request);
        return await explainedSubject(request, this.#directory);
      },
      stop: () => void this.stop(),
      pages: this.#options.files.pages,
      log: this.#options.log,
    });
  }

  #openQueue(): RunQueue {
    if (this.#stopping) throw new ServerStoppingError();
    this.#state.throwIfFailed();
    if (!this.#queue) throw new ServerStartingError(this.#state.status.step);
    return this.#queue;
  }

  async #open(): Promise<void> {
    const { log } = this.#options;
    const database = await this.#openDatabase();
    this.#database = database;
    this.#state.database(database.info);
    this.#abort.signal.throwIfAborted();
    const queue = await this.#openRuns(database);
    this.#abort.signal.throwIfAborted();
    this.#queue = queue;
    const events = await database.countEvents();
    this.#state.events(events);
    const seed = events === 0 ? await seedFor(database.info, this.#options, this.#config) : undefined;
    if (seed) {
      await seedWhenEmpty({ queue, seed, log, onProgress: (step, done) => this.#state.starting(step, done) });
      if (!this.#stopping) this.#state.events(await database.countEvents());
    }
    if (!this.#stopping) this.#state.ready();
  }

  #openDatabase(): Promise<Database> {
    return openDatabase({
      options: this.#options,
      config: this.#config,
      dataDirectory: this.#workspace.postgres,
      signal: this.#abort.signal,
      onStep: (step) => this.#state.starting(step),
      onLost: (reason) => this.#databaseLost(reason),
      onRestarted: (fault) => this.#databaseRestarted(fault),
    });
  }

  #databaseLost(reason: string): void {
    this.#options.log(`PostgreSQL ended: ${reason}. It is started again.`);
    this.#state.starting('Starting PostgreSQL again');
    const lost = {
      code: 'database_lost',
      message: `PostgreSQL ended in the middle of the run: ${reason}.`,
      advice:
        'The server starts it again by itself; then start the run again. What was committed is still there.',
    };
    // A simulation waits for the database and goes on.
    this.#queue?.failRunning(lost, ({ kind }) => kind === 'simulation');
  }

  #databaseRestarted(fault: unknown): void {
    if (this.#stopping) return;
    if (fault === undefined) {
      this.#options.log('PostgreSQL runs again.');
      this.#state.ready();
    } else this.#fail(fault);
  }

  #openRuns(database: Database): Promise<RunQueue> {
    const { log, files } = this.#options;
    const directory = this.#directory;
    return RunQueue.open({
      directory,
      clock: systemClock,
      log,
      onEnded: (run) => this.#runEnded(run, database),
      start: runStarter({ database, directory, runner: files.runner, log, config: this.#config.current }),
    });
  }

  #runEnded(run: Run, database: Database): void {
    if (run.state === 'failed') this.#options.log(`Run ${run.id} failed: ${run.error?.message}`);
    if (this.#stopping) return;
    database.countEvents().then(
      (events) => this.#state.events(events),
      (error: unknown) => this.#options.log(`Events could not be counted: ${describeError(error).message}`),
    );
  }

  #fail(error: unknown): void {
    if (!this.#stopping) {
      const description = describeError(error);
      if (description.code === 'internal') this.#options.log(stackOf(error));
      this.#state.failed(description);
    }
    this.#ready.reject(error);
  }
}
