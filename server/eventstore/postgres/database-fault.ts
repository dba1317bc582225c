import { ProfilerError } from '../../lib/profiler-error.ts';
import {
  ConcurrencyConflictError,
  EventStoreUnavailableError,
  InvalidEventError,
  QueryTimeoutError,
  SchemaVersionError,
} from '../errors.ts';

/** The fault of a read in the event store's terms. */
export function readFault(cause: unknown): ProfilerError {
  if (cause instanceof ProfilerError) return cause;
  const code = sqlState(cause);
  if (timeoutStates.has(code)) return new QueryTimeoutError({ cause });
  if (isMissingSchema(cause)) {
    const what = messageOf(cause);
    return new SchemaVersionError(
      `The event store's tables or functions are not as they should be: ${what}.`,
      {
        cause,
      },
    );
  }
  return new EventStoreUnavailableError(`The event store's database failed: ${messageOf(cause)}`, {
    advice:
      adviceByState[code] ??
      adviceByClass[code.slice(0, 2)] ??
      adviceByPoolMessage[messageOf(cause)] ??
      adviceToLook,
    cause,
  });
}

/** The fault of an append that the database answered. */
export function appendFault(cause: unknown): ProfilerError {
  const code = sqlState(cause);
  if (code === '40001' || code === '40P01') {
    const message = `The database rolled the append back in favour of another transaction: ${messageOf(cause)}. Nothing was stored.`;
    return new ConcurrencyConflictError({ message, advice: adviceToAppendAgain, cause });
  }
  if (code.startsWith('22') || code.startsWith('23') || code.startsWith('54')) {
    return new InvalidEventError(`The database refused an event: ${messageOf(cause)}`, {
      advice: 'Build events with buildStorableEvent().',
      cause,
    });
  }
  return readFault(cause);
}

/**
 * Whether the database itself said that the statement failed. After an error that ends the connection, or without any
 * answer, the transaction may have been committed. Told by SQLSTATE: pg hands on the severity in the server's language.
 */
export function isAnsweredFailure(cause: unknown): boolean {
  if (!isDatabaseError(cause) || cause.severity === 'FATAL' || cause.severity === 'PANIC') return false;
  return !connectionEndingStates.test(cause.code);
}

// Connection exceptions, operator intervention that ends sessions, session and transaction time-outs, system and
// internal errors: https://www.postgresql.org/docs/current/errcodes-appendix.html
const connectionEndingStates = /^(08|57P|25P03|25P04|58|XX)/;

export const queryCanceledState = '57014';

export function sqlState(cause: unknown): string {
  return isDatabaseError(cause) ? cause.code : '';
}

/** Whether a table, column or function is not there, as far as the database could see. */
export function isMissingSchema(cause: unknown): boolean {
  return missingSchemaStates.has(sqlState(cause));
}

/** Told by its shape, for the pool may come from another copy of pg. Errors of Node.js have a code and no severity. */
function isDatabaseError(
  cause: unknown,
): cause is Error & { readonly code: string; readonly severity: string } {
  return (
    cause instanceof Error &&
    'severity' in cause &&
    typeof cause.severity === 'string' &&
    'code' in cause &&
    typeof cause.code === 'string' &&
    cause.code !== ''
  );
}

// https://www.postgresql.org/docs/current/errcodes-appendix.html: query_canceled by statement_timeout, lock_not_available,
// idle_in_transaction_session_timeout, transaction_timeout.
const timeoutStates = new Set([queryCanceledState, '55P03', '25P03', '25P04']);
const missingSchemaStates = new Set(['42P01', '42883', '42703', '3F000']);

// The locks of appends are taken in one order, so the other transaction takes locks of its own.
const adviceToAppendAgain =
  'Query again, decide again, and append with the new position. If it happens often, look for transactions that lock ' +
  'rows or tables beside an append (log_lock_waits = on tells).';

const adviceByState: Readonly<Record<string, string>> = {
  '40P01': 'Call again: the transaction was rolled back, and nothing of it was stored.',
};

const adviceByClass: Readonly<Record<string, string>> = {
  '25': 'Appending needs a writable primary and the isolation level read committed.',
  '28': 'Check the user and the password in the database URL.',
  '3D': 'Create the database, or name another one in the URL.',
  // A read meets it on a replica alone: https://www.postgresql.org/docs/current/hot-standby.html#HOT-STANDBY-CONFLICT
  '40': 'Read again, or let the replica wait for its readers (max_standby_streaming_delay, hot_standby_feedback).',
  '42': 'Check that the user may read and write the event store’s tables.',
  '53': 'The database lacks connections, memory or disk space: free some or raise its limits.',
};

const adviceToLook = 'Check that the database runs and can be reached.';

// Faults of the pool itself, which have no codes: https://github.com/brianc/node-postgres, packages/pg-pool/index.js
const adviceByPoolMessage: Readonly<Record<string, string>> = {
  'timeout exceeded when trying to connect':
    'All connections of the pool are in use: raise its `max`, or keep replays and transactions shorter.',
  'Cannot use a pool after calling end on the pool': 'End the pool after the last use of the event store.',
};

export function messageOf(cause: unknown): string {
  return cause instanceof Error && cause.message !== '' ? cause.message : String(cause);
}
