import type { EventFilter } from '../../eventstore/event-filter.ts';
import type { Consistency, QueryResult, ReadOnlyEventStore } from '../../eventstore/event-store.ts';
import type { StoredEvent } from '../../eventstore/storable-event.ts';
import type { CallOptions } from '../call-options.ts';
import type { Resumption } from '../handler.ts';
import type { PhaseMarker } from '../recording/operation-recorder.ts';
import { SnapshotUnusableError } from '../snapshot-unusable-error.ts';
import { KeptState, type ReadEvents } from './kept-state.ts';

interface Reader<Event> {
  readonly store: ReadOnlyEventStore;
  readonly unmarshal: (stored: readonly StoredEvent[]) => readonly Event[];
  readonly batchSize?: number | undefined;
  readonly phases: PhaseMarker;
}

interface Read {
  readonly boundary: EventFilter;
  readonly consistency: Consistency;
  readonly call: CallOptions;
}

interface Unread extends Read {
  readonly unread: EventFilter;
  readonly maxEvents: number;
}

export type TailAtOnce<Event> = ReadEvents<Event> & Pick<QueryResult, 'position'>;

/**
 * Reads what a kept state does not hold yet, in one round trip.
 * @throws SnapshotUnusableError
 */
export function readTailAtOnce<Event, State>(
  { store, unmarshal, phases }: Reader<Event>,
  read: Read,
  resumption: Resumption<State>,
): Promise<TailAtOnce<Event>> {
  return continued({ ...read, phases }, resumption, async ({ unread, call, consistency, maxEvents }) => {
    const result = await phases.phase('sql_execute', () => store.query(unread, { ...call, consistency }));
    const { events: stored, maxSequenceNumber, position } = result;
    refuseLongerThan(maxEvents, stored.length);
    return { stored, events: unmarshal(stored), maxSequenceNumber, position };
  });
}

/**
 * The same for a tail that may be long: as soon as it is longer than allowed, reading ends.
 * @throws SnapshotUnusableError
 */
export function readTailInBatches<Event, State>(
  { store, unmarshal, batchSize, phases }: Reader<Event>,
  read: Read,
  resumption: Resumption<State>,
): Promise<ReadEvents<Event>> {
  const size = batchSize === undefined ? {} : { batchSize };
  return continued({ ...read, phases }, resumption, async ({ unread, call, consistency, maxEvents }) => {
    const replay = store.replay(unread, { ...call, consistency, ...size });
    const stored: StoredEvent[] = [];
    const events: Event[] = [];
    for await (const batch of replay) {
      refuseLongerThan(maxEvents, stored.length + batch.length);
      for (const event of batch) stored.push(event);
      for (const event of unmarshal(batch)) events.push(event);
    }
    const { maxSequenceNumber } = replay;
    return { stored, events, maxSequenceNumber };
  });
}

/** Sees to it that what was read continues the history that the kept state is of. */
async function continued<Event, State, Tail extends ReadEvents<Event>>(
  { phases, ...read }: Read & Pick<Reader<Event>, 'phases'>,
  { kept, maxTail }: Resumption<State>,
  readUnread: (unread: Unread) => Promise<Tail>,
): Promise<Tail> {
  const { last } = kept.folded;
  const unread = kept.unread(read.boundary);
  // The last event of the state is read as well; without one this is the whole history.
  const maxEvents = last === undefined ? Number.POSITIVE_INFINITY : maxTail + 1;
  const recognised = (found: Tail): Tail => {
    const [first] = found.stored;
    if (last !== undefined && first !== undefined) phases.eventRecognised(first);
    return found;
  };
  const tail = await readUnread({ ...read, unread, maxEvents });
  if (KeptState.continues(last, tail.stored)) return recognised(tail);
  if (read.consistency === 'eventual') {
    // A replica that lags behind the state lacks its last event as well: the primary knows.
    const strong = await readUnread({ ...read, unread, maxEvents, consistency: 'strong' });
    if (KeptState.continues(last, strong.stored)) return recognised(strong);
  }
  throw new SnapshotUnusableError(
    'diverged',
    `The event store does not have event ${last?.sequenceNumber} as it was folded into the kept state.`,
  );
}

function refuseLongerThan(maxEvents: number, count: number): void {
  if (count <= maxEvents) return;
  const newer = maxEvents - 1;
  throw new SnapshotUnusableError(
    'tail_too_long',
    `More than ${newer} events are newer than the kept state.`,
  );
}
