import { ConcurrencyConflictError, EventStoreUnavailableError, UnknownOutcomeError } from '../errors.ts';
import type { EventFilter } from '../event-filter.ts';
import type { AppendResult, CallOptions, Position } from '../event-store.ts';
import { checkedPayloads } from '../json-validation.ts';
import type { OperationTrack } from '../operation-track.ts';
import type { SequenceNumber, StorableEvent } from '../storable-event.ts';
import { isolationLevels, unlockedState } from './append-texts.ts';
import { appendFault, isAnsweredFailure, queryCanceledState, readFault, sqlState } from './database-fault.ts';
import { exchange, type Statement, type TextRow } from './exchange.ts';
import { LeasedConnection } from './leased-connection.ts';
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
  const { filter, position, events, track } = append;
  const payloads = checkedPayloads(events, engine.jsonValidation);
  const seen = positionParts(position);
  if (events.length === 0) return { maxSequenceNumber: 0 as SequenceNumber, position };
  const statements = engine.appends.statementsFor({ filter, seen, events, payloads });
  track?.enter('connection_acquire');
  using connection = await acquire(engine, append.options);
  track?.enter('append');
  const [[locked] = [], [stored] = []] = await execute(connection, statements);
  if (!isolationLevels.includes(locked?.[0])) throw wrongIsolation();
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

function wrongIsolation(): EventStoreUnavailableError {
  return new EventStoreUnavailableError(
    'Appending needs the isolation level read committed; nothing was stored.',
    {
      advice:
        "Open the event store with connections of that level: default_transaction_isolation of the database, the user or the URL's options decides it.",
    },
  );
}

function locksMissing(cause: unknown): EventStoreUnavailableError {
  return new EventStoreUnavailableError(
    'The append did not hold its locks when it was to be stored, so nothing was stored: its two statements did not come to the same transaction.',
    {
      advice:
        'Whatever stands between the program and the primary must pass on a pipeline of statements as one: turn off its load balancing, or connect to the primary itself.',
      cause,
    },
  );
}

async function acquire({ primary }: PostgresEngine, options: CallOptions): Promise<LeasedConnection> {
  try {
    return await LeasedConnection.acquire(primary, options);
  } catch (error) {
    throw readFault(error);
  }
}

async function execute(
  connection: LeasedConnection,
  statements: readonly Statement[],
): Promise<readonly TextRow[][]> {
  try {
    return await exchange(connection.client, statements);
  } catch (cause) {
    if (!isAnsweredFailure(cause)) {
      connection.discard();
      throw new UnknownOutcomeError({ cause });
    }
    if (connection.interruptedBy && sqlState(cause) === queryCanceledState) throw connection.interruptedBy;
    throw sqlState(cause) === unlockedState ? locksMissing(cause) : appendFault(cause);
  }
}
