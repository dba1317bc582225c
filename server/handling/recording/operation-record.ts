/** The named parts of one operation, in the order in which an operation usually passes through them. */
export type Phase =
  | 'filter_build'
  | 'sql_build'
  | 'connection_acquire'
  | 'sql_execute'
  | 'row_decode'
  | 'unmarshal'
  | 'decide'
  | 'project'
  | 'marshal'
  | 'append'
  | 'snapshot_load'
  | 'snapshot_decode'
  | 'snapshot_encode'
  | 'snapshot_save';

export type HandlerKind = 'command' | 'query';

/** What came of an operation. `answered` is the outcome of a query handler, `failed` that of a fault. */
export type Outcome = 'answered' | 'accepted' | 'idempotent' | 'rejected' | 'failed';

/** One uninterrupted stretch of one phase. Stretches of an operation never overlap. */
export interface PhaseSpan {
  readonly phase: Phase;
  /** Microseconds on the recorder's monotonic clock. */
  readonly startMicros: number;
  readonly durationMicros: number;
}

/** Why a state was folded from the whole history. */
export type RebuildReason =
  | 'missing'
  | 'incompatible'
  | 'corrupt'
  | 'unreadable'
  | 'tail_too_long'
  | 'diverged'
  | 'bounded_filter';

/** Where the state of an operation came from: memory, the event store's snapshot, or all events. */
export interface SnapshotUse {
  readonly use: 'warm' | 'stored' | 'rebuilt';
  /** Of a rebuild. */
  readonly reason?: RebuildReason;
  /** Up to which the state held all events when the operation began; 0 for a rebuild. */
  readonly sequenceNumber: number;
  /** How many events were folded on top of it. */
  readonly eventsAfter: number;
}

/**
 * One execution of one handler. The same shape as the protocol's operation trace, declared here because handling
 * must be usable without the server; a test compares the two.
 */
export interface OperationRecord {
  readonly handler: string;
  readonly kind: HandlerKind;
  /** Counts the executions of a run from 0. */
  readonly iteration: number;
  readonly startMicros: number;
  readonly durationMicros: number;
  /** In order of time. What they leave of `durationMicros` lies in no phase. */
  readonly phases: PhaseSpan[];
  readonly eventsReadByType: Record<string, number>;
  readonly eventsAppended: number;
  readonly outcome: Outcome;
  /** Absent where nothing keeps states. */
  readonly snapshot?: SnapshotUse;
  /** How often the handler was executed, with retrying; absent without it, and where a cache answered. */
  readonly attempts?: number;
  /** Time between attempts, in which nothing was done: it lies in no phase. Absent when there was none. */
  readonly retryDelayMicros?: number;
  /** Absent without caching. */
  readonly cache?: CacheUse;
}

/**
 * Where a cached answer came from: an earlier operation (`hit`), one at the same time (`shared`; waiting for it lies in
 * no phase), or this one (`miss`).
 */
export type CacheUse = 'hit' | 'shared' | 'miss';
