import { AsyncResource } from 'node:async_hooks';
import type { ProfilerError } from '../../lib/profiler-error.ts';
import { UnknownOutcomeError } from '../errors.ts';
import type { OperationTrack } from '../operation-track.ts';
import type { AppendWork } from './append-statements.ts';
import type { TextRow } from './exchange.ts';
import type { Interruption } from './interruption.ts';

export interface AppendToSend {
  readonly work: AppendWork;
  readonly interruption: Interruption | undefined;
  readonly track: OperationTrack | undefined;
}

/** What the statement that stores gave: a row, or none. */
export type StoredRows = readonly TextRow[];

/** An append that is sent together with others, and how it ends for who asked for it. */
export class WaitingAppend implements AppendToSend {
  readonly work: AppendWork;
  readonly interruption: Interruption | undefined;
  readonly track: OperationTrack | undefined;
  readonly #end = Promise.withResolvers<StoredRows>();
  // AsyncLocalStorage.snapshot() takes 4 µs, forty times as long.
  readonly #caller = new AsyncResource('EventStoreAppend');

  constructor({ work, interruption, track }: AppendToSend) {
    this.work = work;
    this.interruption = interruption;
    this.track = track;
    track?.enter('connection_acquire');
  }

  get rows(): Promise<StoredRows> {
    return this.#end.promise;
  }

  /** Nothing is sent yet: an interruption ends it at once. @param leave told of it */
  leavesBy(leave: () => void): void {
    const stop = async (reason: ProfilerError) => {
      leave();
      this.reject(reason);
    };
    this.interruption?.ends({ stop, cutOff: () => undefined });
  }

  /**
   * From now on an interruption may come too late.
   *
   * @param cancel asks the database to give up what was sent
   * @param leave told when the append is over before there is an answer
   */
  isSent(cancel: () => Promise<void>, leave: () => void): void {
    this.does(() => this.track?.enter('append'));
    const cutOff = () => {
      this.reject(new UnknownOutcomeError({ cause: this.interruption?.reason }));
      leave();
    };
    this.interruption?.ends({ stop: cancel, cutOff });
  }

  /** Works in the asynchronous context of who asked for the append, whoever has it sent: recorders look there for their operation. */
  does<T>(work: () => T): T {
    return this.#caller.runInAsyncScope(work);
  }

  resolve(rows: StoredRows): void {
    this.#end.resolve(rows);
  }

  reject(fault: unknown): void {
    this.#end.reject(fault);
  }

  /** @param send sends the append by itself. Never rejects. */
  async settleBy(send: () => Promise<StoredRows>): Promise<void> {
    // What it was sent with is over, and that connection may do somebody else's work by now.
    this.leavesBy(() => undefined);
    await this.does(send).then(
      (rows) => this.resolve(rows),
      (fault: unknown) => this.reject(fault),
    );
  }
}
