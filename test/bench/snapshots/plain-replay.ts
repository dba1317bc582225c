import type { ReadOnlyEventStore } from '../../../server/eventstore/event-store.ts';
import { booksInCirculation } from '../../../server/library/books-in-circulation/books-in-circulation.ts';

/** The same events as the full rebuild, folded into a map of which books are lent: what a rebuild cannot go below. */
export async function plainReplay(store: ReadOnlyEventStore): Promise<void> {
  const lent = new Map<string, boolean>();
  for await (const batch of store.replay(booksInCirculation.filter({}))) {
    for (const { eventType, payload } of batch) {
      const { BookID } = JSON.parse(payload) as { BookID: string };
      if (eventType === 'BookCopyRemovedFromCirculation') lent.delete(BookID);
      else lent.set(BookID, eventType === 'BookCopyLentToReader');
    }
  }
  if (lent.size === 0) throw new Error('a replay gave no events');
}
