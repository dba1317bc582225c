import { ProfilerError } from '../lib/profiler-error.ts';
import type { ErrorResponse } from '../protocol/error-response.ts';
import { PRODUCT, type ServerStatus } from '../protocol/server-status.ts';

type Listener = (status: ServerStatus) => void;

/** What the server is doing, for everyone who asks. */
export class ServerState {
  #status: ServerStatus;
  readonly #onChange: Listener;

  constructor(version: string, onChange: Listener) {
    this.#onChange = onChange;
    this.#status = { product: PRODUCT, version, pid: process.pid, state: 'starting' };
  }

  get status(): ServerStatus {
    return this.#status;
  }

  /** @throws ProfilerError that says why the server could not start, or go on */
  throwIfFailed(): void {
    const { error } = this.#status;
    if (error === undefined) return;
    const { code, message, advice } = error;
    throw new ProfilerError(code, message, advice === undefined ? {} : { advice });
  }

  /** A step of the start. @param progress 0 to 1; absent where nobody knows */
  starting(step: string, progress?: number): void {
    const { error: _, progress: __, ...rest } = this.#status;
    this.#set({ ...rest, state: 'starting', step, ...(progress === undefined ? {} : { progress }) });
  }

  ready(): void {
    const { error: _, step: __, progress: ___, ...rest } = this.#status;
    this.#set({ ...rest, state: 'ready' });
  }

  failed(error: ErrorResponse): void {
    this.#set({ ...this.#status, state: 'failed', error });
  }

  stopping(): void {
    const { step: _, progress: __, ...rest } = this.#status;
    this.#set({ ...rest, state: 'stopping' });
  }

  database(database: NonNullable<ServerStatus['database']>): void {
    this.#set({ ...this.#status, database });
  }

  events(events: number | undefined): void {
    const { events: _, ...rest } = this.#status;
    this.#set({ ...rest, ...(events !== undefined && { events }) });
  }

  #set(status: ServerStatus): void {
    this.#status = status;
    this.#onChange(status);
  }
}
