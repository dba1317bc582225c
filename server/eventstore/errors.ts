import { ProfilerError, type ProfilerErrorOptions } from '../lib/profiler-error.ts';
import type { SaveMark } from './save-mark.ts';

/**
 * The append was not made, and reading and deciding again is what helps: an event that the decision had not seen matches
 * its boundary, or the database ended its transaction in favour of another one (`message` says which). Nothing was stored.
 */
export class ConcurrencyConflictError extends ProfilerError {
  override readonly name = 'ConcurrencyConflictError';

  constructor({
    message = 'Another event that matches the filter was stored since it was read.',
    ...options
  }: ProfilerErrorOptions & { readonly message?: string } = {}) {
    super('concurrency_conflict', message, {
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

/**
 * What is wrong with the schema: there is none (`missing`), changes are missing (`older`), it has changes that this
 * version does not know (`newer`), or it is not whole (`incomplete`).
 */
export type SchemaProblem = 'missing' | 'older' | 'newer' | 'incomplete';

export interface SchemaVersionErrorOptions extends ProfilerErrorOptions {
  readonly problem?: SchemaProblem;
}

/** The database does not hold the event store's tables and functions as this version needs them. */
export class SchemaVersionError extends ProfilerError {
  override readonly name = 'SchemaVersionError';
  readonly problem: SchemaProblem;

  constructor(message: string, { problem = 'incomplete', ...options }: SchemaVersionErrorOptions = {}) {
    super('schema_version', message, {
      advice: 'Open the event store again: that tells what is missing and how to get it.',
      ...options,
    });
    this.problem = problem;
  }
}

/** A schema change failed and was rolled back; the database is as it was. */
export class MigrationFailedError extends ProfilerError {
  override readonly name = 'MigrationFailedError';

  constructor(message: string, options: ProfilerErrorOptions = {}) {
    super('migration_failed', message, options);
  }
}

/** The database server lacks something that the event store depends on. */
export class UnsupportedServerError extends ProfilerError {
  override readonly name = 'UnsupportedServerError';

  constructor(message: string, options: ProfilerErrorOptions = {}) {
    super('unsupported_server', message, options);
  }
}

/** The events were stored in another database cluster: their transaction ids mean nothing here, and no append would pass. */
export class RestoredEventsError extends ProfilerError {
  override readonly name = 'RestoredEventsError';

  constructor(message: string, options: ProfilerErrorOptions = {}) {
    super('restored_events', message, options);
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
  /** Of the stored one, so that a save can replace it and nothing newer. */
  readonly mark: SaveMark | undefined;

  constructor(
    projectionType: string,
    what: string,
    { mark, ...options }: ProfilerErrorOptions & { readonly mark?: SaveMark } = {},
  ) {
    super('snapshot_corrupt', `The snapshot of ${projectionType} in the database is corrupt: ${what}.`, {
      advice: 'Delete it with deleteSnapshot() and fold the events anew.',
      ...options,
    });
    this.mark = mark;
  }
}

/** An option that cannot be what was intended; `field` names it. */
export class InvalidOptionError extends ProfilerError {
  override readonly name = 'InvalidOptionError';

  constructor(message: string, options: ProfilerErrorOptions = {}) {
    super('invalid_option', message, options);
  }
}
