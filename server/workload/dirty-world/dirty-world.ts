import type { EventStore } from '../../eventstore/event-store.ts';
import { createRandom, type Random } from '../../lib/random.ts';
import { type BusinessError, businessErrors } from './business-error.ts';
import { type Delay, timerDelay } from './delay.ts';
import { type CheckedDirtyWorld, checkedDirtyWorld, type DirtyWorldOptions } from './dirty-world-options.ts';
import { Injection } from './injection.ts';
import { cancelling, type Request } from './with-cancellations.ts';
import { withConflicts } from './with-conflicts.ts';
import { withSlowQueries } from './with-slow-queries.ts';
import { withTimeouts } from './with-timeouts.ts';

/** How often which fault was brought about: those that happened, not those that were tried. */
export interface InjectedFaults {
  readonly businessErrors: number;
  readonly conflicts: number;
  readonly slowQueries: number;
  readonly cancelled: number;
  readonly timedOut: number;
}

export interface DirtyWorldDependencies {
  readonly seed: number;
  /** What a slow query waits by; a timer when it is left out. */
  readonly delay?: Delay;
}

/**
 * Lets go wrong on purpose what goes wrong in the world, at given rates. Which commands, appends, queries and requests are
 * hit follows from the seed and their order. No event is lost or stored twice for it.
 */
export class DirtyWorld {
  readonly #options: CheckedDirtyWorld;
  readonly #delay: Delay;
  readonly #faults = new WeakSet<object>();
  readonly #details: Random;
  readonly #injections: Readonly<Record<keyof InjectedFaults, Injection>>;

  /** @throws InvalidOptionError whose `field` is such as `dirtyWorld.conflicts` */
  constructor(options: DirtyWorldOptions, { seed, delay = timerDelay }: DirtyWorldDependencies) {
    this.#options = checkedDirtyWorld(options);
    this.#delay = delay;
    // A stream for each kind: one more of them leaves the others as they were.
    const stream = (kind: number) => createRandom(seed, FIRST_STREAM + kind);
    const injection = (kind: keyof InjectedFaults, number: number) =>
      new Injection(this.#options[kind], stream(number), this.#faults);
    this.#details = stream(0);
    this.#injections = {
      businessErrors: injection('businessErrors', 1),
      conflicts: injection('conflicts', 2),
      slowQueries: injection('slowQueries', 3),
      cancelled: injection('cancelled', 4),
      timedOut: injection('timedOut', 5),
    };
  }

  /** The store with conflicts, slow queries and time-outs in its way; put it below handlers and their retries. */
  store(store: EventStore): EventStore {
    const { slowByMs, timeoutMs } = this.#options;
    const { conflicts, slowQueries, timedOut } = this.#injections;
    const delay = this.#delay;
    let dirty = store;
    if (!conflicts.isOff) dirty = withConflicts(dirty, conflicts);
    if (!slowQueries.isOff) {
      dirty = withSlowQueries(dirty, { slowQueries, slowByMs, random: this.#details, delay });
    }
    return timedOut.isOff ? dirty : withTimeouts(dirty, { timedOut, timeoutMs, delay });
  }

  /** Makes one request: a command or a query with its retries. Its signal may be aborted when nobody aborted `signal`. */
  request<Answer>(request: Request<Answer>, signal: AbortSignal): Promise<Answer> {
    const { cancelled } = this.#injections;
    if (cancelled.isOff) return request(signal);
    const { cancelWithinMs } = this.#options;
    return cancelling(request, signal, { cancelled, cancelWithinMs, random: this.#details });
  }

  /**
   * What the next command should ask for against the rules; undefined when it should be lawful. Counted as injected.
   * @param isPossible whether the library offers an occasion now; when none is possible a later command makes up for it
   */
  businessError(isPossible: (error: BusinessError) => boolean = () => true): BusinessError | undefined {
    const attempt = this.#injections.businessErrors.next();
    if (!attempt) return undefined;
    const possible = businessErrors.filter(isPossible);
    if (possible.length === 0) {
      attempt.cameToNothing();
      return undefined;
    }
    attempt.happened();
    return this.#details.pick(possible);
  }

  /** What was brought about so far. */
  get injected(): InjectedFaults {
    const { businessErrors, conflicts, slowQueries, cancelled, timedOut } = this.#injections;
    return {
      businessErrors: businessErrors.count,
      conflicts: conflicts.count,
      slowQueries: slowQueries.count,
      cancelled: cancelled.count,
      timedOut: timedOut.count,
    };
  }

  /** Whether an error was brought about here and is none of the store's own; also as the cause of another error. */
  isInjected(fault: unknown): boolean {
    if (typeof fault !== 'object' || fault === null) return false;
    return this.#faults.has(fault) || (fault instanceof Error && this.isInjected(fault.cause));
  }
}

// Far from the streams that books and actors are drawn from.
const FIRST_STREAM = 2 ** 31 - 64;
