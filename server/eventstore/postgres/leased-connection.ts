import type pg from 'pg';
import type { CallOptions } from '../event-store.ts';
import { Interruption } from './interruption.ts';

/** One connection for one operation; returns to the pool on disposal, or is closed when its state is in doubt. */
export class LeasedConnection {
  readonly client: pg.PoolClient;
  readonly #interruption: Interruption | undefined;
  #isSound = true;

  private constructor(client: pg.PoolClient, interruption: Interruption | undefined) {
    this.client = client;
    this.#interruption = interruption;
  }

  static async acquire(pool: pg.Pool, options: CallOptions): Promise<LeasedConnection> {
    const interruption =
      options.signal || options.timeoutMs !== undefined ? new Interruption(options) : undefined;
    try {
      const client = await (interruption ? interruption.waitFor(pool.connect()) : pool.connect());
      client.on('error', leaveToRunningStatement);
      interruption?.cancels(client);
      return new LeasedConnection(client, interruption);
    } catch (error) {
      interruption?.[Symbol.dispose]();
      throw error;
    }
  }

  /** Why the caller had the operation interrupted, if so. */
  get interruptedBy(): Error | undefined {
    return this.#interruption?.reason;
  }

  /** For the moments between two statements, when there is nothing that the database could cancel. */
  throwIfInterrupted(): void {
    if (this.interruptedBy) throw this.interruptedBy;
  }

  /** Do not reuse the connection. */
  discard(): void {
    this.#isSound = false;
  }

  [Symbol.dispose](): void {
    this.#interruption?.[Symbol.dispose]();
    this.client.removeListener('error', leaveToRunningStatement);
    // A cancel request may still be on its way and must not hit the connection's next statement.
    this.client.release(!this.#isSound || this.#interruption?.reason !== undefined);
  }
}

// A connection that dies rejects the statement in flight, and the next one, with the same error. Without a listener
// of its own the event would end the process.
function leaveToRunningStatement(): void {
  return;
}
