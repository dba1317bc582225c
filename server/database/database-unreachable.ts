import { ProfilerError } from '../lib/profiler-error.ts';
import type { DatabaseTarget } from './database-target.ts';
import { errorCode } from './error-code.ts';

export type UnreachableReason =
  | 'refused'
  | 'unknown_host'
  | 'timeout'
  | 'wrong_password'
  | 'no_password'
  | 'not_allowed'
  | 'no_database'
  | 'tls_demanded'
  | 'tls_not_offered'
  | 'tls_not_trusted'
  | 'too_many_connections'
  | 'starting'
  | 'invalid_url'
  | 'other';

/** The database did not answer as it should; message, advice and cause never hold the password. */
export class DatabaseUnreachableError extends ProfilerError {
  override readonly name = 'DatabaseUnreachableError';
  readonly reason: UnreachableReason;

  constructor(reason: UnreachableReason, target: DatabaseTarget | undefined, cause?: unknown) {
    const { sentence, advice } = wordsFor(reason, target, cause);
    super('database_unreachable', sentence, { advice, cause });
    this.reason = reason;
  }
}

/** Finds out from pg's or the system's error why a database could not be reached. */
export function unreachableReason(error: unknown): UnreachableReason {
  const message = error instanceof Error ? error.message : '';
  const code = errorCode(error) ?? '';
  return byCode[code] ?? byMessage.find(([pattern]) => pattern.test(message))?.[1] ?? byClass(code);
}

const byCode: Readonly<Record<string, UnreachableReason>> = {
  ECONNREFUSED: 'refused',
  ENOTFOUND: 'unknown_host',
  EAI_AGAIN: 'unknown_host',
  ETIMEDOUT: 'timeout',
  EHOSTUNREACH: 'timeout',
  ENETUNREACH: 'timeout',
  '28P01': 'wrong_password',
  '3D000': 'no_database',
  '53300': 'too_many_connections',
  '57P03': 'starting',
  SELF_SIGNED_CERT_IN_CHAIN: 'tls_not_trusted',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'tls_not_trusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'tls_not_trusted',
  CERT_HAS_EXPIRED: 'tls_not_trusted',
  ERR_TLS_CERT_ALTNAME_INVALID: 'tls_not_trusted',
};

const byMessage: readonly (readonly [RegExp, UnreachableReason])[] = [
  [/timeout expired|Query read timeout/i, 'timeout'],
  [/client password must be a/, 'no_password'],
  [/does not support SSL/, 'tls_not_offered'],
  // PostgreSQL and the poolers in front of it say it each in their own words.
  [/no encryption|SSL off|SSL.* required|requires? (SSL|TLS)/i, 'tls_demanded'],
];

function byClass(code: string): UnreachableReason {
  return code.startsWith('28') ? 'not_allowed' : 'other';
}

function wordsFor(reason: UnreachableReason, target: DatabaseTarget | undefined, cause: unknown) {
  const at = target?.name ?? 'the database';
  const words: Record<UnreachableReason, readonly [sentence: string, advice: string]> = {
    refused: [
      `Nothing answers at ${at}.`,
      'Start PostgreSQL there, or correct host and port in the database URL.',
    ],
    unknown_host: [
      `The host "${target?.host}" of ${at} is not known.`,
      'Correct the host in the database URL, or check the network.',
    ],
    timeout: [
      `The database ${at} did not answer in time.`,
      'Check that host and port in the database URL are right and that no firewall is in between.',
    ],
    wrong_password: [
      `The database ${at} refused the password of "${target?.user}".`,
      'Correct user and password in the database URL.',
    ],
    no_password: [
      `The database ${at} asks for a password of "${target?.user}", and there is none.`,
      'Write the password into the database URL, behind the user: user:password@ before the host.',
    ],
    not_allowed: [
      `The database ${at} does not let "${target?.user}" in from here.`,
      'Correct the user in the database URL, or allow this connection in the pg_hba.conf of the server.',
    ],
    no_database: [
      `The server answers, but has no database "${target?.database}" (${at}).`,
      `Create it (CREATE DATABASE), or correct the name at the end of the database URL.`,
    ],
    tls_demanded: [
      `The database ${at} accepts encrypted connections only.`,
      'Add ?sslmode=verify-full to the database URL (no-verify for a certificate of your own).',
    ],
    tls_not_offered: [
      `The database ${at} offers no encryption, but its URL asks for it.`,
      'Remove sslmode from the database URL, or set up TLS on the server.',
    ],
    tls_not_trusted: [
      `The certificate of the database ${at} is not trusted.`,
      'Add sslrootcert=<file of the authority> to the database URL, or sslmode=no-verify if the network is trusted.',
    ],
    too_many_connections: [
      `The database ${at} has no connection left.`,
      'Close other programs that use it, or raise max_connections of the server.',
    ],
    starting: [`The database ${at} is starting or stopping.`, 'Try again in a moment.'],
    invalid_url: [
      'The database URL is not the URL of a PostgreSQL database.',
      'Write it as postgres://host:port/database, with user:password@ before the host; special characters percent-encoded.',
    ],
    other: [
      `The database ${at} cannot be used: ${cause instanceof Error ? cause.message : String(cause)}`,
      'Check the database URL and the log of the server.',
    ],
  };
  const [sentence, advice] = words[reason];
  return { sentence, advice };
}
