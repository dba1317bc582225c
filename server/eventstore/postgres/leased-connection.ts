import type pg from 'pg';
import { EventStoreUnavailableError } from '../errors.ts';
import type { CallOptions } from '../event-store.ts';
import { checkOut } from './check-out.ts';
import { Interruption } from './interruption.ts';

/** One connection for one operation; returns to the pool on disposal, or is closed when its state is in doubt. */
export class LeasedConnection {
  readonly client: pg.PoolClient;
  #interruption: Interruption | undefined;
  #isSound = true;
  #lostBy: Error | undefined;

  private constructor(client: pg.PoolClient) {
    this.client = client;
    client.on('error', this.#keepFirst);
  }

  static async acquire(pool: pg.Pool, options: CallOptions): Promise<LeasedConnection> {
    return LeasedConnection.acquireFor(pool, Interruption.of(options));
  }

  /** @param interruption whose end is the connection's */
  static async acquireFor(pool: pg.Pool, interruption: Interruption | undefined): Promise<LeasedConnection> {
    try {
      if (interruption?.reason) throw interruption.reason;
      const leased = checkOut(pool, (client) => new LeasedConnection(client));
      const connection = await (interruption ? interruption.waitFor(leased) : leased);
      connection.#begin(interruption);
      return connection;
    } catch (error) {
      interruption?.[Symbol.dispose]();
      throw error;
    }
  }

  #begin(interruption: Interruption | undefined): void {
    try {
      if (this.#lostBy) throw this.#lostBy;
      refuseOpenTransaction(this.client);
    } catch (fault) {
      this.discard();
      this[Symbol.dispose]();
      throw fault;
    }
    this.#interruption = interruption;
    interruption?.cancels(this.client);
  }

  /** Why the caller had the operation interrupted, if so. */
  get interruptedBy(): Error | undefined {
    return this.#interruption?.reason;
  }

  /** What the connection died of, if it did: the statements after that say no more than that it is dead. */
  get lostBy(): Error | undefined {
    return this.#lostBy;
  }

  /** For the moments between two statements, when there is nothing that the database could cancel. */
  throwIfInterrupted(): void {
    if (this.interruptedBy) throw this.interruptedBy;
  }

  /** The next statement commits: an interruption waits longer for its answer. */
  commits(): void {
    this.#interruption?.commits();
  }

  /** Do not reuse the connection. */
  discard(): void {
    this.#isSound = false;
  }

  [Symbol.dispose](): void {
    this.#interruption?.[Symbol.dispose]();
    this.client.removeListener('error', this.#keepFirst);
    // A cancel request may still be on its way and must not hit the connection's next statement.
    this.client.release(!this.#isSound || this.#interruption?.reason !== undefined);
  }

  // A connection that dies rejects the statement in flight as well. Without a listener the event would end the process.
  readonly #keepFirst = (error: Error): void => {
    this.#lostBy ??= error;
  };
}

/** Pools take a connection back whatever state it is in: what is stored in a transaction that nobody ends is lost. */
function refuseOpenTransaction(client: pg.PoolClient): void {
  // Versions of pg before 8.20 cannot tell.
  const state = client.getTransactionStatus?.() ?? 'I';
  if (state === 'I') return;
  throw new EventStoreUnavailableError(
    'The pool gave the event store a connection on which a transaction was left open; nothing was done, and the connection is closed.',
    { advice: 'Look in the program for a BEGIN whose connection is released without COMMIT or ROLLBACK.' },
  );
}
