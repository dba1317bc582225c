import { type Disposable, type Event, EventEmitter, type LogOutputChannel } from 'vscode';
import { faults } from '../faults.ts';
import { toUserFault } from '../user-fault.ts';
import type { ServerSession, SessionOptions } from './server-session.ts';
import { startSession } from './server-session.ts';
import type { ServerState } from './server-state.ts';

/** Everything that a start needs and that is not of the start itself. */
export type Launch = Omit<SessionOptions, 'onStatus' | 'onLine' | 'signal'>;

export interface ServerControlOptions {
  /** Refuses, by throwing, where code must not run. */
  readonly guard: () => void;
  /** Decides anew for each start which Node.js runs the server, where and with which settings. */
  readonly prepare: () => Promise<Launch>;
  readonly log: LogOutputChannel;
}

/** The one server of this window: at most one is started, joined or stopped at a time. */
export class ServerControl implements Disposable {
  readonly #options: ServerControlOptions;
  readonly #changed = new EventEmitter<ServerState>();
  #state: ServerState = { kind: 'stopped' };
  #start: { readonly abort: AbortController; readonly session: Promise<ServerSession> } | undefined;
  #stopping: Promise<void> | undefined;

  readonly onDidChangeState: Event<ServerState> = this.#changed.event;

  constructor(options: ServerControlOptions) {
    this.#options = options;
  }

  get state(): ServerState {
    return this.#state;
  }

  /** The server when it is ready; starts it when there is none. @throws UserFault */
  async session(): Promise<ServerSession> {
    this.#options.guard();
    await this.#stopping;
    this.#start ??= this.#begin();
    return this.#start.session;
  }

  /** Resolves when the server and all its children are gone, or at once when it is not ours. */
  async stop(): Promise<void> {
    this.#stopping ??= this.#end().finally(() => {
      this.#stopping = undefined;
    });
    await this.#stopping;
  }

  dispose(): void {
    this.#changed.dispose();
  }

  #begin() {
    const abort = new AbortController();
    this.#set({ kind: 'starting' });
    const session = this.#open(abort.signal);
    const start = { abort, session };
    session.then(
      (opened) => this.#opened(opened, start),
      (error: unknown) => this.#failed(error, start),
    );
    return start;
  }

  async #open(signal: AbortSignal): Promise<ServerSession> {
    const { log, prepare } = this.#options;
    try {
      const launch = await prepare();
      signal.throwIfAborted();
      return await startSession({
        ...launch,
        signal,
        onStatus: (status) => {
          if (status.state === 'starting' && !signal.aborted) this.#set({ kind: 'starting', status });
        },
        onLine: (line, stream) => (stream === 'stdout' ? log.info(line) : log.warn(line)),
      });
    } catch (error) {
      throw toUserFault(error);
    }
  }

  #opened(session: ServerSession, start: object): void {
    if (this.#start !== start) return;
    const { pid, url, owned } = session;
    this.#options.log.info(owned ? `Server ${pid} is ready.` : `Using the server ${pid} that runs already.`);
    this.#set({ kind: 'ready', session: { pid, url, owned } });
    void session.ended.then((end) => {
      if (this.#start !== start) return;
      this.#start = undefined;
      // Somebody else's server may go at any time; the next command starts one of our own.
      this.#set(owned ? { kind: 'failed', fault: faults.serverEnded(end) } : { kind: 'stopped' });
    });
  }

  #failed(error: unknown, start: object): void {
    if (this.#start !== start) return;
    this.#start = undefined;
    const fault = toUserFault(error);
    this.#options.log.error(fault.cause instanceof Error ? fault.cause : fault.message);
    this.#set({ kind: 'failed', fault });
  }

  async #end(): Promise<void> {
    const start = this.#start;
    this.#start = undefined;
    if (start === undefined) return this.#set({ kind: 'stopped' });
    this.#set({ kind: 'stopping' });
    start.abort.abort(faults.stoppedWhileStarting());
    const [outcome] = await Promise.allSettled([start.session]);
    if (outcome.status === 'fulfilled') await outcome.value.stop();
    this.#set({ kind: 'stopped' });
  }

  #set(state: ServerState): void {
    this.#state = state;
    this.#changed.fire(state);
  }
}
