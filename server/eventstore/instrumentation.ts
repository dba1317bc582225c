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

/**
 * Told by the store what it is doing. Phases nest: one that starts inside another interrupts it.
 * Implementations must be cheap and must not throw; without one the store does no bookkeeping at all.
 */
export interface EventStoreInstrumentation {
  /** Returns what ends the phase again. */
  startPhase(phase: EventStorePhase): PhaseEnd;
  /** Called once per query or replay batch with the events that it read. */
  eventsRead(events: readonly { readonly eventType: string }[]): void;
  /** Called once per append that the database has confirmed. */
  eventsAppended(count: number): void;
}

export type PhaseEnd = () => void;
