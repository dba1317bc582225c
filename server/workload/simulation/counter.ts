import { describeError } from '../../lib/describe-error.ts';
import type { DirtyWorld } from '../dirty-world/dirty-world.ts';
import { codeOf, isUnavailable } from './faults.ts';
import type { ChosenAction } from './library-action.ts';
import type { LibraryDesk, Served } from './library-desk.ts';
import type { Arrival } from './open-loop.ts';
import type { OutageWatch } from './outage-watch.ts';
import type { Pace } from './pace.ts';
import type { Tally } from './tally.ts';

export interface CounterOptions {
  readonly desk: LibraryDesk;
  readonly outage: OutageWatch;
  readonly pace: Pace;
  readonly dirtyWorld?: DirtyWorld;
  readonly log: (line: string) => void;
}

/** How people are served at this time. */
export interface Service {
  readonly tally: Tally;
  /** Aborted, whatever is being done is broken off. */
  readonly operations: AbortSignal;
  /** Aborted, nobody looks any more what became of an append. */
  readonly lookups: AbortSignal;
  /** Whether somebody wants all to end: what is broken off then is none of the store's slowness. */
  readonly isEndWanted: () => boolean;
  /** Called when the database is back after an outage. */
  readonly reopened: () => void;
}

/** Has one action after the other done by the desk, counts it, settles it, and watches for what goes wrong. */
export class Counter {
  readonly #options: CounterOptions;
  readonly #told = new Set<string>();
  #faults = 0;

  constructor(options: CounterOptions) {
    this.#options = options;
  }

  /** What went wrong without anybody's intention. */
  get faults(): number {
    return this.#faults;
  }

  /** @param arrival of what is measured; left out, it is only counted */
  async serve({ action, settle }: ChosenAction, service: Service, arrival?: Arrival): Promise<Served> {
    const { desk, outage } = this.#options;
    const { tally, operations, lookups } = service;
    tally.begin(action.handler);
    const served = await desk.serve(action, {
      signal: operations,
      lookups,
      untilOpen: () => outage.untilOpen(lookups),
      onFault: (fault) => this.#take(fault, action.handler, service),
    });
    settle(served.outcome);
    tally.end(action.handler, served, this.#tookOf(served, service, arrival));
    return served;
  }

  /**
   * Undefined for what was broken off on purpose: it tells nothing of how long it takes. What the store did not answer
   * before the patience was at its end took at least so long; without it, the slowest of all would count for nothing.
   */
  #tookOf({ outcome, fault }: Served, { isEndWanted }: Service, arrival: Arrival | undefined) {
    const { dirtyWorld, pace } = this.#options;
    if (arrival === undefined) return undefined;
    if (outcome === 'cancelled' && (isEndWanted() || dirtyWorld?.isInjected(fault))) return undefined;
    const now = pace.clock.monotonicMicros();
    return { serviceMicros: now - arrival.startedMicros, responseMicros: now - arrival.arrivedMicros };
  }

  #take(fault: unknown, handler: string, { operations, reopened }: Service): void {
    const { outage, dirtyWorld, log } = this.#options;
    // The end of the simulation is no fault of the store.
    if (operations.aborted || dirtyWorld?.isInjected(fault)) return;
    this.#faults += 1;
    const kind = `${handler} ${codeOf(fault)}`;
    if (!this.#told.has(kind)) log(`${handler} failed, which is told once: ${describeError(fault).message}`);
    this.#told.add(kind);
    if (isUnavailable(fault)) outage.report(fault, reopened);
  }
}
