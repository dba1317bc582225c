import { ProfilerError, type ProfilerErrorOptions } from '../lib/profiler-error.ts';

/** An event that the decision had not seen matches the boundary of the append. Nothing was stored. */
export class ConcurrencyConflictError extends ProfilerError {
  override readonly name = 'ConcurrencyConflictError';

  constructor(options: ProfilerErrorOptions = {}) {
    super('concurrency_conflict', 'Another event that matches the filter was stored since it was read.', {
      advice: 'Query again, decide again, and append with the new position.',
      ...options,
    });
  }
}

/** The connection was lost before the database said whether the append was stored. */
export class UnknownOutcomeError extends ProfilerError {
  override readonly name = 'UnknownOutcomeError';

  constructor(options: ProfilerErrorOptions = {}) {
    super('unknown_outcome', 'The connection was lost before the outcome of the append was known.', {
      advice: 'Query with the same filter to see whether the events were stored before trying again.',
      ...options,
    });
  }
}

/** An event that cannot be stored as it is. `field` names the part at fault. */
export class InvalidEventError extends ProfilerError {
  override readonly name = 'InvalidEventError';

  constructor(message: string, options: ProfilerErrorOptions = {}) {
    super('invalid_event', message, options);
  }
}

/** A filter that cannot mean what was intended. */
export class InvalidFilterError extends ProfilerError {
  override readonly name = 'InvalidFilterError';

  constructor(message: string, options: ProfilerErrorOptions = {}) {
    super('invalid_filter', message, options);
  }
}

/** The database took longer than `timeoutMs`, or than its own `statement_timeout`. Nothing was stored. */
export class QueryTimeoutError extends ProfilerError {
  override readonly name = 'QueryTimeoutError';

  constructor(options: ProfilerErrorOptions = {}) {
    super('query_timeout', 'The event store did not answer within the time allowed.', {
      advice: 'Allow more time, or narrow the filter.',
      ...options,
    });
  }
}

/** The caller's `AbortSignal` ended the operation. Nothing was stored. */
export class OperationCanceledError extends ProfilerError {
  override readonly name = 'OperationCanceledError';

  constructor(options: ProfilerErrorOptions = {}) {
    super('operation_canceled', 'The operation was cancelled.', options);
  }
}

/** The database could not be reached, or refused for a reason that is not the caller's. */
export class EventStoreUnavailableError extends ProfilerError {
  override readonly name = 'EventStoreUnavailableError';

  constructor(message: string, options: ProfilerErrorOptions = {}) {
    super('event_store_unavailable', message, options);
  }
}

/** The database holds no event store, or one of another version. */
export class SchemaVersionError extends ProfilerError {
  override readonly name = 'SchemaVersionError';

  constructor(options: ProfilerErrorOptions = {}) {
    super('schema_version', 'The database does not hold the tables and functions of this event store.', {
      advice: 'Run the migrations on this database, then open the event store again.',
      ...options,
    });
  }
}

/** Something was to be changed through a store that was opened for reading. */
export class ReadOnlyEventStoreError extends ProfilerError {
  override readonly name = 'ReadOnlyEventStoreError';

  constructor(operation: string, options: ProfilerErrorOptions = {}) {
    super('read_only_event_store', `This event store is for reading: ${operation} is not possible.`, {
      advice: 'Use the event store that asReadOnly() was called with.',
      ...options,
    });
  }
}

/** A stored snapshot is not what was saved. */
export class SnapshotCorruptError extends ProfilerError {
  override readonly name = 'SnapshotCorruptError';

  constructor(projectionType: string, what: string, options: ProfilerErrorOptions = {}) {
    super('snapshot_corrupt', `The snapshot of ${projectionType} in the database is corrupt: ${what}.`, {
      advice: 'Delete it with deleteSnapshot() and fold the events anew.',
      ...options,
    });
  }
}

/** An option that cannot be what was intended; `field` names it. */
export class InvalidOptionError extends ProfilerError {
  override readonly name = 'InvalidOptionError';

  constructor(message: string, options: ProfilerErrorOptions = {}) {
    super('invalid_option', message, options);
  }
}
