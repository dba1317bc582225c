import type { EventFilter } from '../event-filter.ts';
import type { CallOptions, Position, QueryResult } from '../event-store.ts';
import type { SequenceNumber, StoredEvent } from '../storable-event.ts';
import { isAnsweredFailure, readFault } from './database-fault.ts';
import { LeasedConnection } from './leased-connection.ts';
import type { PhaseTrack } from './phase-track.ts';
import type { PostgresEngine } from './postgres-engine.ts';
import { asText, decodeRows, type EventRow } from './row-decoding.ts';
import type { SelectStatement } from './select-statement.ts';

interface Query {
  readonly filter: EventFilter;
  readonly options: CallOptions;
  readonly phases: PhaseTrack | undefined;
}

/** One round trip: the matching events and the snapshot that they were read under. */
export async function queryEvents(engine: PostgresEngine, query: Query): Promise<QueryResult> {
  const statement = engine.statements.statementFor(query.filter);
  const [snapshot, ...rows] = await fetchRows(engine, statement, query);
  query.phases?.enter('row_decode');
  const events = inOrder(decodeRows(rows));
  engine.instrumentation?.eventsRead(events);
  return {
    events,
    maxSequenceNumber: events.at(-1)?.sequenceNumber ?? (0 as SequenceNumber),
    position: (snapshot?.[1] ?? '') as Position,
  };
}

async function fetchRows(
  { pool }: PostgresEngine,
  { eventsWithSnapshot, name, values }: SelectStatement,
  { options, phases }: Query,
): Promise<EventRow[]> {
  let interruptedBy: Error | undefined;
  try {
    phases?.enter('connection_acquire');
    using connection = await LeasedConnection.acquire(pool, options);
    phases?.enter('sql_execute');
    try {
      const statement = {
        text: eventsWithSnapshot,
        values: [...values],
        rowMode: 'array',
        types: asText,
      } as const;
      const result = await connection.client.query<EventRow>(name ? { ...statement, name } : statement);
      return result.rows;
    } catch (error) {
      // A connection that the server ends is still open for a moment, in which the next operation would get it.
      if (!isAnsweredFailure(error)) connection.discard();
      throw error;
    } finally {
      interruptedBy = connection.interruptedBy;
    }
  } catch (error) {
    throw interruptedBy ?? readFault(error);
  }
}

// The rows of UNION ALL come in the order of its parts today, but SQL does not promise it.
function inOrder(events: StoredEvent[]): readonly StoredEvent[] {
  for (let i = 1; i < events.length; i++) {
    if (numberAt(events, i - 1) > numberAt(events, i)) {
      return events.sort((a, b) => a.sequenceNumber - b.sequenceNumber);
    }
  }
  return events;
}

function numberAt(events: readonly StoredEvent[], index: number): number {
  return events[index]?.sequenceNumber ?? 0;
}
