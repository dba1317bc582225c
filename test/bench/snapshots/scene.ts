import type pg from 'pg';
import type { EventStore, SnapshotInventory } from '../../../server/eventstore/event-store.ts';
import { openPostgresEventStore } from '../../../server/eventstore/postgres/open-event-store.ts';
import { queryHandler } from '../../../server/handling/query-handler.ts';
import { observed } from '../../../server/handling/recording/observed.ts';
import type { OperationRecord } from '../../../server/handling/recording/operation-record.ts';
import {
  createOperationRecorder,
  type OperationRecorder,
} from '../../../server/handling/recording/operation-recorder.ts';
import { everyEvents } from '../../../server/handling/snapshots/save-policy.ts';
import { SnapshotKeeper } from '../../../server/handling/snapshots/snapshot-keeper.ts';
import { snapshotting } from '../../../server/handling/snapshots/snapshotting.ts';
import { systemClock } from '../../../server/lib/clock.ts';
import { booksInCirculation } from '../../../server/library/books-in-circulation/books-in-circulation.ts';
import type { BooksByID } from '../../../server/library/books-in-circulation/project.ts';
import { benchPool } from '../eventstore/arena.ts';

/** `BooksInCirculation` on a seeded database, as it is and with snapshots, both observed. */
export interface Scene extends AsyncDisposable {
  readonly pool: pg.Pool;
  readonly store: EventStore & SnapshotInventory;
  readonly recorder: OperationRecorder;
  readonly keeper: SnapshotKeeper;
  readonly rebuild: () => Promise<OperationRecord>;
  readonly ask: () => Promise<OperationRecord>;
  /** The state itself, folded anew. */
  readonly state: () => Promise<BooksByID>;
}

export async function openScene(url: string): Promise<Scene> {
  await using stack = new AsyncDisposableStack();
  const pool = stack.adopt(benchPool(url), (opened) => opened.end());
  const recorder = createOperationRecorder(systemClock);
  const store = stack.adopt(
    await openPostgresEventStore({ primary: pool, instrumentation: { recorder } }),
    (opened) => opened.close(),
  );
  const keeper = stack.adopt(new SnapshotKeeper({ store, inventory: store, recorder }), (opened) =>
    opened.settled(),
  );
  const plain = queryHandler(booksInCirculation, { store, phases: recorder });
  const bare = observed(plain, recorder);
  // Each answer that read something new leaves a snapshot, so that the next cold one has no tail.
  const policy = everyEvents(1);
  const kept = observed(snapshotting(plain, booksInCirculation, keeper, { policy }), recorder);
  const owned = stack.move();
  return {
    pool,
    store,
    recorder,
    keeper,
    rebuild: async () => (await bare.handle({})).record,
    ask: async () => (await kept.handle({})).record,
    state: async () => {
      const { books } = (await plain.handle({})).result;
      return new Map(books.map((book) => [book.bookID, book]));
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
