import type { ChosenAction, CollectiveQuery, LibraryQueryAction } from './library-action.ts';
import type { Scene } from './scene.ts';
import type { Visits } from './visits.ts';

/** Of a hundred questions; the others are those of the staff. */
const OF_READERS = 0.85;

/** What librarians look up, as often as it stands here: the shelves every hour, the leavers once a day. */
const STAFF_QUERIES: readonly CollectiveQuery[] = [
  'BooksLentOut',
  'BooksLentOut',
  'BooksLentOut',
  'FinishedLendings',
  'FinishedLendings',
  'RegisteredReaders',
  'RegisteredReaders',
  'RemovedBooks',
  'CanceledReaders',
];

/** Somebody asks: a reader about the own loans or for what there is, or the staff. */
export function question({ random, world }: Scene, visits: Visits): ChosenAction {
  const visitor = visits.someone();
  if (!random.chance(OF_READERS)) return answered({ handler: random.pick(STAFF_QUERIES) });
  // From home, when nobody is there.
  const reader = visitor?.reader ?? world.readers.draw(random);
  const checksLoans = random.chance(visitor?.persona.checksLoans ?? 1);
  return reader !== undefined && checksLoans
    ? answered({ handler: 'BooksLentByReader', readerID: reader.id })
    : answered({ handler: 'BooksInCirculation' });
}

function answered(action: LibraryQueryAction): ChosenAction {
  return { action, settle: () => undefined };
}
