import type pg from 'pg';
import type { EventFilter } from '../event-filter.ts';
import type { Position, QueryResult, ReadOptions } from '../event-store.ts';
import type { StoredEvent } from '../storable-event.ts';
import type { PhaseTrack } from './phase-track.ts';
import { eventualPosition } from './position.ts';
import type { PostgresEngine } from './postgres-engine.ts';
import { onReader } from './read-routing.ts';
import { decodeRows, type EventRow } from './row-decoding.ts';
import { runStatement } from './run-statement.ts';
import { type Settled, safeNumber, settledExactly, toSettled } from './settled.ts';

interface Query {
  readonly filter: EventFilter;
  readonly options: ReadOptions;
  readonly phases: PhaseTrack | undefined;
}

/**
 * One round trip: the matching events and the snapshot that they were read under. A second one only if the newest of
 * them is so new that an append with a lower number may be under way, to find out whether one is.
 */
export async function queryEvents(engine: PostgresEngine, query: Query): Promise<QueryResult> {
  const { filter, options, phases } = query;
  const { eventsWithSnapshot: text, name, values } = engine.statements.statementFor(filter);
  return onReader(engine, options, async (pool) => {
    const [first, ...rows] = await runStatement<EventRow>(pool, { text, name, values }, options, phases);
    phases?.enter('row_decode');
    const events = inOrder(decodeRows(rows));
    engine.instrumentation?.eventsRead(events);
    const [cheaply = null, snapshot = ''] = first ?? [];
    const last = events.at(-1)?.sequenceNumber ?? 0;
    const settled = await settledFor(engine, { pool, snapshot, last, cheaply: toSettled(cheaply), query });
    return {
      events,
      maxSequenceNumber: safeNumber(last, settled, filter.sequenceNumberHigherThan),
      position: options.consistency === 'eventual' ? eventualPosition : (snapshot as Position),
    };
  });
}

interface Found {
  readonly pool: pg.Pool;
  readonly snapshot: string;
  readonly last: number;
  readonly cheaply: Settled;
  readonly query: Query;
}

async function settledFor(engine: PostgresEngine, found: Found): Promise<Settled> {
  const { pool, snapshot, last, cheaply, query } = found;
  // A replica cannot see which appends are under way on its primary.
  if (cheaply === undefined || last <= cheaply || pool === engine.replica) return cheaply;
  query.phases?.enter('sql_execute');
  return settledExactly({ pool, snapshot, tables: engine.tables }, query.options);
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
