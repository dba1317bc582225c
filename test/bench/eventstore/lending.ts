import { randomUUID } from 'node:crypto';
import type { EventFilter } from '../../../server/eventstore/event-filter.ts';
import type { EventStore, Position } from '../../../server/eventstore/event-store.ts';
import { buildStorableEvent, type StorableEvent } from '../../../server/eventstore/storable-event.ts';
import { filterOfBook, type Subjects } from './books.ts';
import type { RawStore } from './raw-store.ts';

/** A book and a reader who borrows it or brings it back. */
export interface Lending {
  readonly book: string;
  readonly reader: string;
  readonly filter: EventFilter;
}

export function someLending(subjects: Subjects): Lending {
  return lendingOf(subjects.book(), subjects.reader());
}

export function lendingOf(book: string, reader: string): Lending {
  return { book, reader, filter: filterOfBook(book) };
}

/** What an append needs, made before its time is taken: `position` comes from a query of this moment. */
export interface PreparedAppend extends Lending {
  readonly position: Position;
  readonly events: readonly StorableEvent[];
}

export async function prepareAppend(
  lending: Lending,
  store: EventStore,
  count: number,
): Promise<PreparedAppend> {
  const { position } = await store.query(lending.filter);
  return { ...lending, position, events: lendingEvents(lending, count) };
}

/** The book is lent and brought back so many times. */
export function lendingEvents(lending: Lending, count: number): readonly StorableEvent[] {
  return Array.from({ length: count }, (_, index) => lendingEvent(lending, index % 2 === 0));
}

/** Query, decide, append, by the store. */
export async function lendByStore(store: EventStore, lending: Lending): Promise<void> {
  const { events, position } = await store.query(lending.filter);
  await store.append(lending.filter, position, [decide(events, lending)]);
}

/** The same by hand. */
export async function lendByRaw(raw: RawStore, lending: Lending): Promise<void> {
  await raw.insert([decide(await raw.query(lending.book), lending)]);
}

/** A book that is lent is brought back, any other one is lent. */
function decide(events: readonly StorableEvent[], lending: Lending): StorableEvent {
  let isLent = false;
  for (const { eventType } of events) {
    if (eventType === 'BookCopyLentToReader') isLent = true;
    else if (eventType === 'BookCopyReturnedByReader') isLent = false;
  }
  return lendingEvent(lending, !isLent);
}

function lendingEvent({ book, reader }: Lending, isLent: boolean): StorableEvent {
  return buildStorableEvent({
    eventType: isLent ? 'BookCopyLentToReader' : 'BookCopyReturnedByReader',
    occurredAt: new Date(),
    payload: { BookID: book, ReaderID: reader },
    metadata: { MessageID: randomUUID(), CausationID: randomUUID(), CorrelationID: randomUUID() },
  });
}
