import { crc32 } from 'node:zlib';
import { InvalidOptionError } from '../errors.ts';
import { emptyPosition, type Position } from '../event-store.ts';
import { sequenceName, type TableNames } from './table-names.ts';

/** What an eventual read gives, and any read of a replica: it cannot tell what was seen of the primary. */
export const eventualPosition = 'eventual' as Position;

/**
 * SQL expression: since when, in seconds, the server has known what it did, and which sequence gives the numbers.
 *
 * After a crash a server gives the ids of transactions again that had ended without being written to disk, and after a
 * failover those of lost ones: a snapshot from before would cover events that nobody had seen then. The first of the two
 * times changes with the server, the second with each crash, also one that the server survived as a process.
 *
 * A sequence that is started anew (TRUNCATE … RESTART IDENTITY, ALTER SEQUENCE … RESTART) gets another file: its numbers
 * are given a second time, and what was known of those before says nothing of them.
 */
export function storeLife(tables: TableNames): string {
  const since = 'greatest(pg_postmaster_start_time(), pg_stat_get_bgwriter_stat_reset_time())';
  return `(extract(epoch FROM ${since})::text || '-' || pg_relation_filenode('${sequenceName(tables)}'::regclass))`;
}

/** What a position consists of. */
export interface PositionParts {
  readonly life: string | null;
  readonly snapshot: string | null;
  /** The transaction that the reader itself committed after the snapshot. */
  readonly own: string | null;
}

/** @param snapshot as the database gave it, with the reader's own transaction after a semicolon if there is one */
export function positionText(life: string, snapshot: string): Position {
  const text = `${life}/${snapshot}`;
  return `${text}/${checksumOf(text)}` as Position;
}

// The store's life, then <xmin>:<xmax>:<xip,…> of pg_snapshot, then the appending transaction, then the checksum.
const positionForm = /^(?<life>[\d.]+-\d+)\/(?<snapshot>\d+:\d+:[\d,]*)(?:;(?<own>\d+))?\/[\da-z]+$/;

/** One digit more in a snapshot, and it covers what nobody has seen: no form tells that from a true one. */
function checksumOf(text: string): string {
  return crc32(text).toString(36);
}

function isWhole(position: Position): boolean {
  const end = position.lastIndexOf('/');
  return position.slice(end + 1) === checksumOf(position.slice(0, end));
}

/**
 * All null for the position of a reader that has seen nothing.
 * @throws InvalidOptionError unless a strong query or an append of a store like this gave it
 */
export function positionParts(position: Position): PositionParts {
  if (position === emptyPosition) return nothingSeen;
  const match = typeof position === 'string' ? positionForm.exec(position) : null;
  if (match && isWhole(position)) {
    const { life = null, snapshot = null, own = null } = match.groups ?? {};
    return { life, snapshot, own };
  }
  const isEventual = position === eventualPosition;
  throw new InvalidOptionError(
    isEventual
      ? 'An eventual read, or one of a replica, cannot decide an append: it may not have seen what was stored last.'
      : `The position of the append ${match ? 'is damaged' : 'does not come from a query of this event store'}.`,
    {
      advice: isEventual
        ? "Query the primary with the consistency 'strong', decide again, and append with that position."
        : 'Pass on the position of a query with the same filter, character by character, or emptyPosition.',
      field: 'position',
    },
  );
}

const nothingSeen: PositionParts = { life: null, snapshot: null, own: null };
