import type { LibraryEvent } from '../events.ts';

/** All that the decision needs to know about the book. */
export interface BookPresence {
  readonly isInCirculation: boolean;
}

/** Folds the history of one book: the last of "added" and "removed" says whether it is in circulation. */
export function project(book: BookPresence, events: readonly LibraryEvent[]): BookPresence {
  let { isInCirculation } = book;
  for (const { type } of events) {
    if (type === 'BookCopyAddedToCirculation') isInCirculation = true;
    else if (type === 'BookCopyRemovedFromCirculation') isInCirculation = false;
  }
  return { isInCirculation };
}
