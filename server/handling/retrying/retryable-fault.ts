import {
  ConcurrencyConflictError,
  EventStoreUnavailableError,
  UnknownOutcomeError,
} from '../../eventstore/errors.ts';
import { ProfilerError } from '../../lib/profiler-error.ts';
import type { HandlerKind } from '../recording/operation-record.ts';

export interface Failed {
  readonly kind: HandlerKind;
  /** Whether a command may run again whose append may have been stored. */
  readonly afterUnknownOutcome: boolean;
}

/**
 * Whether running the handler once more is harmless and may help.
 *
 * | fault | retried | because |
 * |---|---|---|
 * | ConcurrencyConflictError | yes | nothing was stored; reading and deciding again is its remedy. Deadlocks and serialization failures of appends (40P01, 40001) are such conflicts |
 * | EventStoreUnavailableError, by the cause: | | nothing was stored: a connection lost during an append is an UnknownOutcomeError |
 * | – connection lost or refused (08…, 57P01–57P03, ECONNREFUSED, ECONNRESET …) | yes | the server restarts or a connection was ended; the pool opens another |
 * | – 40001, 40P01 | yes | the transaction was rolled back; on a replica, recovery stood in the way |
 * | – 53300 too many connections | yes | others give theirs back |
 * | – any other: password, privileges, disk, full or closed pool | no | waiting a second does not help; a full pool has let the caller wait already |
 * | UnknownOutcomeError | by option, off | the events may be stored. The retry reads them, so a command that is idempotent is safe; another does its work twice |
 * | QueryTimeoutError | no | it would multiply the time that was allowed, on a database that is slow already |
 * | OperationCanceledError | no | the caller wants an end |
 * | invalid input, event, filter or option; schema; corrupt snapshot | no | it would fail in the same way |
 * | another error with SQLSTATE 40001 or 40P01 | yes | the database rolled back all of it |
 * | another error that lost a connection | queries | a command of its own making may have written |
 * | any other, such as a fault of the domain's code | no | it would fail in the same way |
 */
export function isRetryable(fault: unknown, { kind, afterUnknownOutcome }: Failed): boolean {
  if (fault instanceof ConcurrencyConflictError) return true;
  if (fault instanceof UnknownOutcomeError) return afterUnknownOutcome;
  if (fault instanceof EventStoreUnavailableError) {
    return isRolledBack(fault) || isConnectionLost(fault) || hasCode(fault, '53300');
  }
  if (fault instanceof ProfilerError) return false;
  return isRolledBack(fault) || (kind === 'query' && isConnectionLost(fault));
}

function isRolledBack(fault: unknown): boolean {
  return hasCode(fault, '40001') || hasCode(fault, '40P01');
}

function isConnectionLost(fault: unknown): boolean {
  return chainOf(fault).some(
    (error) => lostConnectionCodes.test(codeOf(error)) || lostConnectionMessages.has(messageOf(error)),
  );
}

// Class 08 and operator intervention that ends sessions, https://www.postgresql.org/docs/current/errcodes-appendix.html;
// the others are Node's and the operating system's. 57P04 and 57P05 end a session for good reasons that stay.
const lostConnectionCodes =
  /^(08...|57P0[123]|ECONNREFUSED|ECONNRESET|ECONNABORTED|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH)$/;

// These faults of pg have no code: https://github.com/brianc/node-postgres, packages/pg/lib/client.js and pg-pool
const lostConnectionMessages = new Set([
  'Connection terminated unexpectedly',
  'Connection terminated',
  'Connection terminated due to connection timeout',
  'Client has encountered a connection error and is not queryable',
  'Client was closed and is not queryable',
]);

function hasCode(fault: unknown, code: string): boolean {
  return chainOf(fault).some((error) => codeOf(error) === code);
}

/** The fault and its causes, outermost first. */
function chainOf(fault: unknown): readonly Error[] {
  const chain: Error[] = [];
  for (let error = fault; error instanceof Error && chain.length < longestChain; error = error.cause) {
    chain.push(error);
    // Several addresses of one host were tried, and each has its own error.
    if (error instanceof AggregateError) chain.push(...error.errors.filter((each) => each instanceof Error));
  }
  return chain;
}

/** A cause may lead back to its fault. */
const longestChain = 10;

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : '';
}

function messageOf(error: Error): string {
  return error.message;
}
