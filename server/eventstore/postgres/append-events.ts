import { ConcurrencyConflictError, UnknownOutcomeError } from '../errors.ts';
import type { EventFilter } from '../event-filter.ts';
import { type AppendResult, type CallOptions, emptyPosition, type Position } from '../event-store.ts';
import type { SequenceNumber, StorableEvent } from '../storable-event.ts';
import { appendBoundary } from './append-boundary.ts';
import { appendLocks } from './append-locks.ts';
import { appendFault, isAnsweredFailure, queryCanceledState, readFault, sqlState } from './database-fault.ts';
import { LeasedConnection } from './leased-connection.ts';
import type { PhaseTrack } from './phase-track.ts';
import { refuseForeignPosition } from './position.ts';
import type { PostgresEngine } from './postgres-engine.ts';
import { asText } from './row-decoding.ts';
import { functionName, type TableNames } from './table-names.ts';

interface Append {
  readonly filter: EventFilter;
  readonly position: Position;
  readonly events: readonly StorableEvent[];
  readonly options: CallOptions;
  readonly phases: PhaseTrack | undefined;
}

/** One round trip: locks, check and insert are one function call, and so one transaction (migrations/0002). */
export async function appendEvents(engine: PostgresEngine, append: Append): Promise<AppendResult> {
  const { position, events, phases } = append;
  if (events.length === 0) return { maxSequenceNumber: 0 as SequenceNumber, position };
  const statement = appendStatement(engine.tables, append);
  phases?.enter('connection_acquire');
  using connection = await acquire(engine, append.options);
  phases?.enter('append');
  const stored = await execute(connection, statement);
  if (stored === null) throw new ConcurrencyConflictError();
  const [number = '', floor = '', newPosition = ''] = stored.split(' ');
  engine.settled.learn({ transaction: ownTransaction(newPosition), sequenceNumber: Number(floor) });
  engine.instrumentation?.eventsAppended(events.length);
  return { maxSequenceNumber: Number(number) as SequenceNumber, position: newPosition as Position };
}

function appendStatement(tables: TableNames, { filter, position, events }: Append) {
  refuseForeignPosition(position);
  const name = functionName(tables, 'append');
  const text = `SELECT ${name}($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`;
  const [snapshot = null, transaction = null] = position === emptyPosition ? [] : position.split(';');
  const { boundary, matching } = appendBoundary(filter);
  const locks = appendLocks(filter, events, tables);
  const values = [
    boundary,
    matching,
    snapshot,
    transaction,
    locks.keys,
    locks.exclusive,
    events.map((event) => event.eventType),
    events.map((event) => event.occurredAt.getTime()),
    events.map((event) => event.payload),
    events.map((event) => event.metadata),
  ];
  return { name, text, values, rowMode: 'array', types: asText } as const;
}

// A position of an append is that of the snapshot before it and the appending transaction (migrations/0002).
function ownTransaction(position: string): bigint {
  return BigInt(position.slice(position.indexOf(';') + 1));
}

type AppendStatement = ReturnType<typeof appendStatement>;

async function acquire({ primary }: PostgresEngine, options: CallOptions): Promise<LeasedConnection> {
  try {
    return await LeasedConnection.acquire(primary, options);
  } catch (error) {
    throw readFault(error);
  }
}

async function execute(connection: LeasedConnection, statement: AppendStatement): Promise<string | null> {
  try {
    const result = await connection.client.query<[string | null]>(statement);
    return result.rows[0]?.[0] ?? null;
  } catch (cause) {
    if (!isAnsweredFailure(cause)) {
      connection.discard();
      throw new UnknownOutcomeError({ cause });
    }
    if (connection.interruptedBy && sqlState(cause) === queryCanceledState) throw connection.interruptedBy;
    throw appendFault(cause);
  }
}
