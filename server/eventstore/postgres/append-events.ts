import { ConcurrencyConflictError, InvalidEventError, UnknownOutcomeError } from '../errors.ts';
import type { EventFilter } from '../event-filter.ts';
import type { AppendResult, CallOptions, Position } from '../event-store.ts';
import type { SequenceNumber, StorableEvent } from '../storable-event.ts';
import { appendBoundary } from './append-boundary.ts';
import { appendFault, isAnsweredFailure, queryCanceledState, readFault, sqlState } from './database-fault.ts';
import { LeasedConnection } from './leased-connection.ts';
import type { PhaseTrack } from './phase-track.ts';
import type { PostgresEngine } from './postgres-engine.ts';
import { asText } from './row-decoding.ts';

interface Append {
  readonly filter: EventFilter;
  readonly position: Position;
  readonly events: readonly StorableEvent[];
  readonly options: CallOptions;
  readonly phases: PhaseTrack | undefined;
}

/** One round trip: locks, check and insert are one function call, and so one transaction (migrations/0001). */
export async function appendEvents(engine: PostgresEngine, append: Append): Promise<AppendResult> {
  const { position, events, phases } = append;
  if (events.length === 0) return { maxSequenceNumber: 0 as SequenceNumber, position };
  const values = appendValues(append);
  phases?.enter('connection_acquire');
  using connection = await acquire(engine, append.options);
  phases?.enter('append');
  const [maxSequenceNumber, newPosition] = await execute(connection, values);
  if (!maxSequenceNumber) throw new ConcurrencyConflictError();
  engine.instrumentation?.eventsAppended(events.length);
  return {
    maxSequenceNumber: Number(maxSequenceNumber) as SequenceNumber,
    position: newPosition as Position,
  };
}

const appendStatement = {
  name: 'eventstore_append',
  text: 'SELECT max_sequence_number, new_position FROM eventstore_append($1, $2, $3, $4, $5, $6)',
  rowMode: 'array',
  types: asText,
} as const;

function appendValues({ filter, position, events }: Append): unknown[] {
  refuseForeignPosition(position);
  return [
    appendBoundary(filter),
    position,
    events.map((event) => event.eventType),
    events.map((event) => event.occurredAt.getTime()),
    events.map((event) => event.payload),
    events.map((event) => event.metadata),
  ];
}

async function acquire({ pool }: PostgresEngine, options: CallOptions): Promise<LeasedConnection> {
  try {
    return await LeasedConnection.acquire(pool, options);
  } catch (error) {
    throw readFault(error);
  }
}

async function execute(connection: LeasedConnection, values: unknown[]): Promise<AppendRow> {
  try {
    const result = await connection.client.query<AppendRow>({ ...appendStatement, values });
    return result.rows[0] ?? [null, null];
  } catch (cause) {
    if (!isAnsweredFailure(cause)) {
      connection.discard();
      throw new UnknownOutcomeError({ cause });
    }
    if (connection.interruptedBy && sqlState(cause) === queryCanceledState) throw connection.interruptedBy;
    throw appendFault(cause);
  }
}

type AppendRow = [maxSequenceNumber: string | null, newPosition: string | null];

// <xmin>:<xmax>:<xip,…> of pg_snapshot, then the appending transaction, as query and append give it.
const positionForm = /^(?:\d+:\d+:[\d,]*(?:;\d+)?)?$/;

function refuseForeignPosition(position: Position): void {
  if (positionForm.test(position)) return;
  throw new InvalidEventError('The position of the append does not come from a query of this event store.', {
    advice: 'Pass on the position of a query with the same filter, or emptyPosition.',
    field: 'position',
  });
}
