import { ConcurrencyConflictError, EventStoreUnavailableError } from '../errors.ts';
import type { EventFilter } from '../event-filter.ts';
import type { AppendResult, CallOptions, Position } from '../event-store.ts';
import { checkedPayloads } from '../json-validation.ts';
import type { OperationTrack } from '../operation-track.ts';
import type { SequenceNumber, StorableEvent } from '../storable-event.ts';
import { Interruption } from './interruption.ts';
import { positionParts, positionText } from './position.ts';
import type { PostgresEngine } from './postgres-engine.ts';

interface Append {
  readonly filter: EventFilter;
  readonly position: Position;
  readonly events: readonly StorableEvent[];
  readonly options: CallOptions;
  readonly track: OperationTrack | undefined;
}

/** One round trip: the locks, then the check and the insert, in one transaction (`append-texts.ts`). */
export async function appendEvents(engine: PostgresEngine, append: Append): Promise<AppendResult> {
  const { filter, position, events, options, track } = append;
  const payloads = checkedPayloads(events, engine.jsonValidation);
  const seen = positionParts(position);
  if (events.length === 0) return { maxSequenceNumber: 0 as SequenceNumber, position };
  const work = engine.appends.workOf({ filter, seen, events, payloads });
  using interruption = Interruption.of(options);
  const [stored] = await engine.flights.send(work, interruption, track);
  const [number, floor, transaction, snapshot, lifeNow, count = '1'] = stored ?? [];
  if (!number || !transaction) throw new ConcurrencyConflictError();
  if (Number(count) !== events.length) throw lackingEvents(Number(count), events.length);
  const life = seen.life ?? lifeNow ?? '';
  engine.appends.stored(Number(number));
  engine.settled.learn({ life, transaction: BigInt(transaction), sequenceNumber: Number(floor) });
  track?.eventsAppended(events.length);
  return {
    maxSequenceNumber: Number(number) as SequenceNumber,
    position: positionText(life, `${snapshot};${transaction}`),
  };
}

function lackingEvents(stored: number, given: number): EventStoreUnavailableError {
  return new EventStoreUnavailableError(
    `The database stored ${stored} of the ${given} events of an append: a trigger or rule of the events table left out the others.`,
    {
      advice:
        'Remove what changes or suppresses rows of the events table: an append stores all of its events or none.',
    },
  );
}
