import type pg from 'pg';
import type { EventStore } from '../eventstore/event-store.ts';
import type { Phase } from '../handling/recording/operation-record.ts';

/** What everything of a handler of one's own can use: its preparation, its executions, its cleaning up. */
export interface RunResources {
  /** The profiler's event store in the run's database. It is opened at its first use; untouched, nothing is asked of the database. */
  readonly store: EventStore;
  /** Connections to the run's database, made at its first use and ended with the run. Its values are parsed as `pg` does. */
  readonly pool: pg.Pool;
  /** The run's database, for what wants to connect by itself. It holds the password. */
  readonly databaseUrl: string;
  /** Aborted when the run is cancelled. */
  readonly signal: AbortSignal;
}

/** What a preparation gets. */
export interface PreparationResources extends RunResources {
  /**
   * How many executions there can be, those that are not recorded included: every `iteration` is below it. Undefined for
   * a run that does not end by iterations.
   */
  readonly executions: number | undefined;
}

/** The second argument of a handler. */
export interface HandlerContext extends RunResources {
  /** Counts the executions of a run from 0; the one that warms up comes first and has a number of its own. */
  readonly iteration: number;
  /** Runs the work as a phase of the profile; asynchronous work is in the phase until its promise settles. */
  phase<T>(name: Phase, work: () => T): T;
}
