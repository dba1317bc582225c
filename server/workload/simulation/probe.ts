import { buildEventFilter } from '../../eventstore/event-filter-builder.ts';
import type { ReadOnlyEventStore } from '../../eventstore/event-store.ts';
import { p } from '../../eventstore/predicate.ts';

// A database that is starting or overloaded may accept a connection and say nothing.
const PATIENCE_MS = 2_000;

// No book has this id, so the answer is empty and comes from an index.
const nothing = buildEventFilter().matching().anyPredicateOf(p('BookID', 'no book')).finalize();

/** Whether the store answers. @throws what querying a store throws */
export async function probe(store: ReadOnlyEventStore, signal: AbortSignal): Promise<void> {
  await store.query(nothing, { consistency: 'strong', timeoutMs: PATIENCE_MS, signal });
}
