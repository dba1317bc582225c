import { ConcurrencyConflictError, UnknownOutcomeError } from '../errors.ts';
import type { EventFilter } from '../event-filter.ts';
import type { AppendResult, CallOptions, Position } from '../event-store.ts';
import { checkedPayloads } from '../json-validation.ts';
import type { OperationTrack } from '../operation-track.ts';
import type { SequenceNumber, StorableEvent } from '../storable-event.ts';
import { boundaryValues } from './append-boundary.ts';
import { appendLocks } from './append-locks.ts';
import { appendFault, isAnsweredFailure, queryCanceledState, readFault, sqlState } from './database-fault.ts';
import { LeasedConnection } from './leased-connection.ts';
import { positionParts, positionText, storeLife } from './position.ts';
import type { PostgresEngine } from './postgres-engine.ts';
import { asText } from './row-decoding.ts';
import { functionName } from './table-names.ts';

interface Append {
  readonly filter: EventFilter;
  readonly position: Position;
  readonly events: readonly StorableEvent[];
  readonly options: CallOptions;
  readonly track: OperationTrack | undefined;
}

/** One round trip: locks, check and insert are one function call, and so one transaction (migrations/0002). */
export async function appendEvents(engine: PostgresEngine, append: Append): Promise<AppendResult> {
  const { position, events, track } = append;
  const statement = appendStatement(engine, append);
  if (events.length === 0) return { maxSequenceNumber: 0 as SequenceNumber, position };
  track?.enter('connection_acquire');
  using connection = await acquire(engine, append.options);
  track?.enter('append');
  const stored = await execute(connection, statement);
  if (stored === null) throw new ConcurrencyConflictError();
  const [life = '', number = '', floor = '', snapshot = ''] = stored.split(' ');
  engine.settled.learn({ life, transaction: ownTransaction(snapshot), sequenceNumber: Number(floor) });
  track?.eventsAppended(events.length);
  return { maxSequenceNumber: Number(number) as SequenceNumber, position: positionText(life, snapshot) };
}

function appendStatement({ tables, jsonValidation }: PostgresEngine, { filter, position, events }: Append) {
  const payloads = checkedPayloads(events, jsonValidation);
  const { life, snapshot, own } = positionParts(position);
  const name = functionName(tables, 'append');
  const call = `${name}($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`;
  // Another life of the store is a conflict: nobody can tell what the reader had seen.
  const lifeNow = storeLife(tables);
  const text = `SELECT CASE WHEN $12::text IS NULL THEN ${lifeNow} || ' ' || ${call}
    WHEN $12 = ${lifeNow} THEN $12 || ' ' || ${call} END`;
  const values = [
    ...boundaryValues(filter),
    snapshot,
    own,
    appendLocks(filter, { events, payloads }, tables),
    events.map((event) => event.eventType),
    events.map((event) => event.occurredAt.getTime()),
    events.map((event) => event.payload),
    events.map((event) => event.metadata),
    life,
  ];
  return { name, text, values, rowMode: 'array', types: asText } as const;
}

// The function gives the snapshot from before the append with the appending transaction (migrations/0002).
function ownTransaction(snapshot: string): bigint {
  return BigInt(snapshot.slice(snapshot.indexOf(';') + 1));
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
