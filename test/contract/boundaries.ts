import { buildEventFilter } from '../../server/eventstore/event-filter-builder.ts';
import { p } from '../../server/eventstore/predicate.ts';

/** The filters that the contract's tests read and guard with. */
export const anyEvent = buildEventFilter().matchingAnyEvent();
export const ofBook = (id: string) =>
  buildEventFilter().matching().anyPredicateOf(p('BookID', id)).finalize();
export const ofReader = (id: string) =>
  buildEventFilter().matching().anyPredicateOf(p('ReaderID', id)).finalize();
export const ofType = (type: string) => buildEventFilter().matching().anyEventTypeOf(type).finalize();
