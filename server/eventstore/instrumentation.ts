/** The phases that the store itself passes through. */
export type EventStorePhase =
  | 'filter_build'
  | 'sql_build'
  | 'connection_acquire'
  | 'sql_execute'
  | 'row_decode'
  | 'append'
  | 'snapshot_load'
  | 'snapshot_save';

/** What the store was asked to do. A replay is one operation from its first batch to its last, or to the caller's leaving. */
export type OperationName =
  | 'query'
  | 'append'
  | 'replay'
  | 'snapshot_load'
  | 'snapshot_save'
  | 'snapshot_delete';

/** How an operation ended; what is not `ok` was thrown, and the fault comes with it. */
export type OperationOutcome =
  | 'ok'
  | 'conflict'
  | 'canceled'
  | 'timeout'
  | 'unknown_outcome'
  | 'unavailable'
  | 'invalid'
  | 'failed';

/** One operation; the same object is given with everything that is told of it, so it can be the key of what is kept. */
export interface StoreOperation {
  readonly name: OperationName;
  /** Whether a trace is wanted of it; at the level `phases` its phases and events are told then. */
  readonly isSampled: boolean;
}

export interface OperationEnd {
  readonly outcome: OperationOutcome;
  /** What was thrown, unless the outcome is `ok`. */
  readonly fault: unknown;
  /** Read, or appended. */
  readonly events: number;
  /** In which a replay gave its events, so far; 1 for a query. */
  readonly batches: number;
  /** Whether a `snapshot_load` found one. */
  readonly isFound: boolean;
}

/**
 * Told by the store what it is doing, synchronously and in the caller's asynchronous context; it implements what it
 * wants to know. It must be cheap and must not throw: the first time that it does, the operation goes on, the process is
 * warned, and the recorder is told nothing any more.
 */
export interface EventStoreRecorder {
  /** Each operation, sampled or not: counts, rates and times are exact whatever is sampled. */
  operationStarted?(operation: StoreOperation): void;
  /** Once for each that started. The last that is told of it. */
  operationEnded?(operation: StoreOperation, end: OperationEnd): void;
  /**
   * Phases nest: one that starts inside another interrupts it. Of two that follow each other the second starts before the
   * first is ended, so that no time lies between them. Returns what ends the phase again.
   */
  startPhase?(phase: EventStorePhase, operation: StoreOperation): PhaseEnd;
  /** Called once per query or replay batch with the events that it read. */
  eventsRead?(events: readonly { readonly eventType: string }[], operation: StoreOperation): void;
  /** Called once per append that the database has confirmed. */
  eventsAppended?(count: number, operation: StoreOperation): void;
}

export type PhaseEnd = () => void;

/**
 * `off`: nothing is told, and the store does no bookkeeping at all. `operations`: when each starts and how it ends.
 * `phases`: of those sampled the phases and events, too.
 */
export type InstrumentationLevel = 'off' | 'operations' | 'phases';

export interface EventStoreInstrumentation {
  readonly recorder: EventStoreRecorder;
  /** `phases` when it is left out. */
  readonly level?: InstrumentationLevel;
  /** Which share of the operations is sampled, 0 to 1; 1 when it is left out. An operation is sampled whole or not at all. */
  readonly samplingRate?: number;
  /** Decides which, with a number from 0 to below 1 for each operation; `Math.random` when it is left out. */
  readonly random?: () => number;
}
