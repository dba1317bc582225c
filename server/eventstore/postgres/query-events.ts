import type { EventFilter } from '../event-filter.ts';
import type { QueryResult, ReadOptions } from '../event-store.ts';
import type { OperationTrack } from '../operation-track.ts';
import type { StoredEvent } from '../storable-event.ts';
import { withinOneCall } from './call-time.ts';
import type { PostgresEngine } from './postgres-engine.ts';
import { onReader } from './read-routing.ts';
import { positionOf, toReadSnapshot } from './read-snapshot.ts';
import { decodeRows, type EventRow } from './row-decoding.ts';
import { runStatement } from './run-statement.ts';
import { safeNumber } from './settled.ts';

interface Query {
  readonly filter: EventFilter;
  readonly options: ReadOptions;
  readonly track: OperationTrack | undefined;
}

/**
 * One round trip: the matching events and the snapshot that they were read under. A second one only if the newest of
 * them is so new that an append with a lower number may be under way, to find out whether one is; a replica cannot tell,
 * and so is not asked.
 */
export async function queryEvents(engine: PostgresEngine, query: Query): Promise<QueryResult> {
  const { filter, track } = query;
  const options = withinOneCall(query.options);
  return onReader(engine, options, async (pool) => {
    const statements = pool === engine.replica ? engine.replicaStatements : engine.statements;
    const { template, values } = statements.statementFor(filter);
    const statement = { text: template.eventsWithSnapshot, name: template.name, values };
    const [first, ...rows] = await runStatement<EventRow>(pool, statement, options, track);
    track?.enter('row_decode');
    const events = inOrder(decodeRows(rows));
    track?.eventsRead(events);
    const snapshot = toReadSnapshot(first?.[0]);
    const last = events.at(-1)?.sequenceNumber ?? 0;
    const known = engine.settled.known({ snapshot, last });
    if (known < last) track?.enter('sql_execute');
    const settled = known < last ? await engine.settled.find({ pool, snapshot, last, options }) : known;
    return {
      events,
      maxSequenceNumber: safeNumber(settled, filter.sequenceNumberHigherThan),
      position: positionOf(snapshot, options.consistency === 'eventual'),
    };
  });
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
