import type { ProfilerError } from '../../lib/profiler-error.ts';
import { UnknownOutcomeError } from '../errors.ts';
import type { OperationTrack } from '../operation-track.ts';
import type { AppendToSend, StoredRows } from './append-flight.ts';
import type { AppendWork } from './append-statements.ts';
import type { Interruption } from './interruption.ts';

/** An append that is sent together with others, and how it ends for who asked for it. */
export class WaitingAppend implements AppendToSend {
  readonly work: AppendWork;
  readonly interruption: Interruption | undefined;
  readonly track: OperationTrack | undefined;
  readonly #end = Promise.withResolvers<StoredRows>();

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

  /** From now on an interruption may come too late. @param cancel asks the database to give up what was sent */
  isSent(cancel: () => Promise<void>): void {
    this.track?.enter('append');
    // The others may still get their answer, so the connection stays.
    const cutOff = () => this.reject(new UnknownOutcomeError({ cause: this.interruption?.reason }));
    this.interruption?.ends({ stop: cancel, cutOff });
  }

  resolve(rows: StoredRows): void {
    this.#end.resolve(rows);
  }

  reject(fault: unknown): void {
    this.#end.reject(fault);
  }

  /** @param sent the append by itself. Never rejects. */
  async settleBy(sent: Promise<StoredRows>): Promise<void> {
    await sent.then(
      (rows) => this.resolve(rows),
      (fault: unknown) => this.reject(fault),
    );
  }
}
