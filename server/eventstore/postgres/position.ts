import { InvalidOptionError } from '../errors.ts';
import type { Position } from '../event-store.ts';

/** What an eventual read gives, and any read of a replica: it cannot tell what was seen of the primary. */
export const eventualPosition = 'eventual' as Position;

// <xmin>:<xmax>:<xip,…> of pg_snapshot, then the appending transaction, as query and append give it.
const positionForm = /^(?:\d+:\d+:[\d,]*(?:;\d+)?)?$/;

/** @throws InvalidOptionError unless a strong query or an append of a store like this gave it */
export function refuseForeignPosition(position: Position): void {
  if (positionForm.test(position)) return;
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
