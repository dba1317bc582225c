import { InvalidOptionError } from '../errors.ts';
import type { Position } from '../event-store.ts';

/** What an eventual read gives, and any read of a replica: it cannot tell what was seen of the primary. */
export const eventualPosition = 'eventual' as Position;

/**
 * SQL expression: since when, in seconds, the server has known what it did. After a crash it gives the ids of
 * transactions again that had ended without being written to disk, and after a failover those of lost ones: a snapshot
 * from before would cover events that nobody had seen then. The first of the two times changes with the server, the
 * second with each crash, also one that the server survived as a process.
 */
export const serverLife =
  'extract(epoch FROM greatest(pg_postmaster_start_time(), pg_stat_get_bgwriter_stat_reset_time()))::text';

/** What a position consists of. */
export interface PositionParts {
  readonly life: string | null;
  readonly snapshot: string | null;
  /** The transaction that the reader itself committed after the snapshot. */
  readonly own: string | null;
}

/** @param snapshot as the database gave it, with the reader's own transaction after a semicolon if there is one */
export function positionText(life: string, snapshot: string): Position {
  return `${life}/${snapshot}` as Position;
}

// The server's life, then <xmin>:<xmax>:<xip,…> of pg_snapshot, then the appending transaction.
const positionForm = /^(?:(?<life>[\d.]+)\/(?<snapshot>\d+:\d+:[\d,]*)(?:;(?<own>\d+))?)?$/;

/**
 * All null for the position of a reader that has seen nothing.
 * @throws InvalidOptionError unless a strong query or an append of a store like this gave it
 */
export function positionParts(position: Position): PositionParts {
  const match = positionForm.exec(position);
  if (match) {
    const { life = null, snapshot = null, own = null } = match.groups ?? {};
    return { life, snapshot, own };
  }
  const isEventual = position === eventualPosition;
  throw new InvalidOptionError(
    isEventual
      ? 'An eventual read, or one of a replica, cannot decide an append: it may not have seen what was stored last.'
      : 'The position of the append does not come from a query of this event store.',
    {
      advice: isEventual
        ? "Query the primary with the consistency 'strong', decide again, and append with that position."
        : 'Pass on the position of a query with the same filter, or emptyPosition.',
      field: 'position',
    },
  );
}
