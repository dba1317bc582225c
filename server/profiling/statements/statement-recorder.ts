import { AsyncLocalStorage } from 'node:async_hooks';
import type { Clock } from '../../lib/clock.ts';
import { observeClients, observePools, type PgListener, poolPrototype } from './observe-clients.ts';
import { findPgModules } from './pg-modules.ts';
import { type ClientClass, isClientClass, isPoolClass, type PoolClass } from './pg-shapes.ts';
import { RecordedCalls } from './recorded-calls.ts';
import type { StatementCall, StatementExecution, Stretch } from './sent-statement.ts';

/** A connection of a pool that an operation waited for. */
export interface Acquisition extends Stretch {
  readonly operation: number;
}

export interface RecordedStatements {
  /** As they ended. */
  readonly executions: readonly StatementExecution[];
  readonly acquisitions: readonly Acquisition[];
  /** Of each execution's texts (`textKey`) the call that took longest, among those that did not fail if there is one. */
  readonly slowest: ReadonlyMap<string, StatementCall>;
}

/** Classes of pg that no look at loaded modules finds: those in a bundle. */
export interface BundledPg {
  readonly Client: unknown;
  readonly Pool: unknown;
}

/**
 * Records the SQL statements of operations: everything that goes through any copy of pg in this process, without a change
 * of the code that does it. A statement belongs to the operation in whose asynchronous context it was given to pg.
 */
export class StatementRecorder implements Disposable {
  readonly #current = new AsyncLocalStorage<number>();
  readonly #calls = new RecordedCalls();
  readonly #acquisitions: Acquisition[] = [];
  readonly #observed = new Set<unknown>();
  readonly #ends: (() => void)[] = [];
  readonly #listener: PgListener;
  readonly #modules: ReturnType<typeof findPgModules>;

  constructor(clock: Clock, bundled: BundledPg) {
    this.#listener = {
      operation: () => this.#current.getStore(),
      now: () => clock.monotonicMicros(),
      executed: (call) => this.#calls.take(call),
      acquired: (operation, stretch) => void this.#acquisitions.push({ operation, ...stretch }),
    };
    const found = {
      clients: (client: ClientClass) => this.#observe(client, () => observeClients(client, this.#listener)),
      pools: (pool: PoolClass) => {
        const prototype = poolPrototype(pool);
        this.#observe(prototype, () => observePools(prototype, this.#listener));
      },
    };
    this.#modules = findPgModules(found);
    if (isClientClass(bundled.Client)) found.clients(bundled.Client);
    if (isPoolClass(bundled.Pool)) found.pools(bundled.Pool);
  }

  /** Everything that the work gives to pg is the operation's, also what it leaves behind. */
  ofOperation<T>(operation: number, work: () => T): T {
    return this.#current.run(operation, work);
  }

  /** Looks for copies of pg that were loaded without a word; cheap enough for before a recording, not for each operation. */
  lookAgain(): void {
    this.#modules.again();
  }

  get recorded(): RecordedStatements {
    const { executions, slowest } = this.#calls;
    return { executions, acquisitions: this.#acquisitions, slowest };
  }

  [Symbol.dispose](): void {
    this.#modules.stop();
    for (const end of this.#ends.splice(0)) end();
  }

  #observe(subject: unknown, begin: () => () => void): void {
    if (this.#observed.has(subject)) return;
    this.#observed.add(subject);
    this.#ends.push(begin());
  }
}
