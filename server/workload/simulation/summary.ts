import type { InjectedFaults } from '../dirty-world/dirty-world.ts';
import type { LatencyFigures } from './latency.ts';
import type { Outage } from './outage-watch.ts';
import type { RateSearch } from './rate-search.ts';
import type { HandlerFigures, OutcomeCounts } from './tally.ts';

/** `stopped`: somebody ended it early. `database_gone`: the database went and did not come back in time. */
export type SimulationEnd = 'finished' | 'stopped' | 'database_gone';

/** All that was done in a simulation. Every operation that was begun has exactly one outcome. */
export interface SimulationSummary {
  readonly end: SimulationEnd;
  readonly seed: number;
  readonly warmUp: WarmUp;
  /** Of measuring, in seconds, and the day of the library that passes in it. */
  readonly seconds: number;
  readonly rate: RateFigures;
  /** Begun after the warm-up. */
  readonly operations: number;
  readonly outcomes: OutcomeCounts;
  readonly commands: CommandFigures;
  readonly queries: number;
  /** By what was done most. Latencies are those of the measured time; with a search, of its end. */
  readonly handlers: readonly HandlerFigures[];
  /** From when an operation was begun. */
  readonly service?: LatencyFigures;
  /** From when it should have begun: the time in which nobody served it counts. */
  readonly response?: LatencyFigures;
  /**
   * Of the measured ones, how many the store had not answered some seconds after the time was up. They were broken off and
   * count with the time until then, a lower bound; absent when there were none.
   */
  readonly brokenOff?: number;
  readonly generator: GeneratorFigures;
  /** Appends that the database refused because of another one, and executions beyond the first. */
  readonly conflicts: number;
  readonly retries: number;
  /** How often which fault ended an operation, by its code. */
  readonly errors: Readonly<Record<string, number>>;
  /** Faults that were brought about on purpose; absent when there were to be none. */
  readonly injected?: InjectedFaults;
  readonly snapshots?: SnapshotFigures;
  readonly outages: readonly Outage[];
  readonly events: EventFigures;
  /** In the end. */
  readonly population: { readonly books: number; readonly readers: number };
  readonly search?: RateSearch;
}

export interface WarmUp {
  /** Events that told how the library stands. */
  readonly eventsRead: number;
  /** Commands that made it large enough, and the events that they appended. */
  readonly commands: number;
  readonly eventsAppended: number;
  readonly seconds: number;
}

/** Per second. */
export interface RateFigures {
  readonly asked: number;
  readonly arrived: number;
  readonly served: number;
  /** Who came and had not been served when the time was up. */
  readonly unserved: number;
  /** The longest that one of them had waited. */
  readonly longestWaitMicros: number;
}

/** How many, and the shares of them, 0 to 1. */
export interface CommandFigures {
  readonly count: number;
  /** Appended what they were meant to. */
  readonly accepted: number;
  readonly idempotent: number;
  /** Appended that they were refused. */
  readonly rejected: number;
  /** Cancelled, failed, or of unknown outcome. */
  readonly undone: number;
}

/** Whether the load generator was able to do what it was told. */
export interface GeneratorFigures {
  /** How late it began what it had a free worker for. */
  readonly lag?: LatencyFigures;
  /** Share of the time in which its thread was busy, 0 to 1. Near 1 its own work is what was measured. */
  readonly busy: number;
}

export interface SnapshotFigures {
  readonly uses: number;
  /** From memory, and from the event store. */
  readonly warm: number;
  readonly stored: number;
  /** 0 to 1. */
  readonly hitRate: number;
  /** By their reason. */
  readonly misses: Readonly<Record<string, number>>;
}

export interface EventFigures {
  /** That the store has confirmed, the warm-up's included. */
  readonly appended: number;
  /** That are found in the store afterwards; absent when the database could not be asked. */
  readonly stored?: number;
}

/** What happened in one second of a simulation. Counts are of that second. */
export interface SecondFigures {
  /** Since the measuring began, from 1. */
  readonly second: number;
  readonly ended: number;
  readonly accepted: number;
  readonly idempotent: number;
  readonly rejected: number;
  readonly answered: number;
  /** Cancelled, failed, or of unknown outcome. */
  readonly undone: number;
  readonly eventsAppended: number;
  readonly conflicts: number;
  readonly retries: number;
  /** Of the response time, of what ended in that second; 0 without any. */
  readonly p99Micros: number;
  /** At its end. */
  readonly backlog: number;
  readonly inFlight: number;
}
