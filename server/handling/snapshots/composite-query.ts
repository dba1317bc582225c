import { createHash } from 'node:crypto';
import { InvalidFilterError } from '../../eventstore/errors.ts';
import { EventFilter } from '../../eventstore/event-filter.ts';
import { distinctSorted } from '../../eventstore/event-filter-builder.ts';
import type { StoredEvent } from '../../eventstore/storable-event.ts';
import { matcherOf } from '../folding/matching-events.ts';
import type { Projection } from '../projection.ts';
import {
  type QueryDefinition,
  type QueryDependencies,
  type QueryHandler,
  queryHandler,
} from '../query-handler.ts';

/** A query that several projections answer together, all folded up to the same event. */
export interface CompositeQuery<Query, Event, States, Result>
  extends Pick<QueryDefinition<Query, Event, States, Result>, 'name' | 'reading' | 'answer'> {
  /** They read events alike: with the same `unmarshal`. */
  readonly parts: { readonly [Part in keyof States]: Projection<Query, Event, States[Part]> };
}

interface PartEvent<Event> {
  readonly event: Event;
  /** Of each part, whether the event is among its own. */
  readonly isOf: readonly boolean[];
}

/**
 * Reads the events of all parts at once, and folds each event into the states whose filter means it. With
 * `snapshotting(compositeQueryHandler(…), compositeSnapshot(parts), keeper)` the states are one snapshot.
 * @throws TypeError when the parts do not read events alike
 */
export function compositeQueryHandler<Query, Event, States extends object, Result>(
  { name, reading, parts, answer }: CompositeQuery<Query, Event, States, Result>,
  dependencies: QueryDependencies,
): QueryHandler<Query, Result, States> {
  const all = Object.entries(parts) as [keyof States, Projection<Query, Event, States[keyof States]>][];
  const unmarshal = commonUnmarshal(all.map(([, part]) => part));
  const filtersOf = (query: Query) => all.map(([, part]) => part.filter(query));

  function definitionFor(query: Query): QueryDefinition<Query, PartEvent<Event>, States, Result> {
    const means = filtersOf(query).map(meaning);
    return {
      name,
      reading,
      answer,
      filter,
      unmarshal: (stored) => ({ event: unmarshal(stored), isOf: means.map((isMeant) => isMeant(stored)) }),
      initialState: () =>
        Object.fromEntries(all.map(([part, { initialState }]) => [part, initialState()])) as States,
      project,
    };
  }

  function project(states: States, events: readonly PartEvent<Event>[]): States {
    for (const [place, [part, projection]] of all.entries()) {
      const own = events.filter(({ isOf }) => isOf[place]).map(({ event }) => event);
      if (own.length > 0) states[part] = projection.project(states[part], own);
    }
    return states;
  }

  function filter(query: Query): EventFilter {
    return union(filtersOf(query));
  }

  // With the same union, an event can be of another part. In the order of the parts, in which their states are written.
  function stateKey(query: Query): string {
    const meant = all.map(([part, projection]) => [part, projection.filter(query).hash()]);
    return createHash('sha256').update(JSON.stringify(meant)).digest('hex');
  }

  return {
    name,
    kind: 'query',
    filter,
    stateKey,
    handle: (query, options) => queryHandler(definitionFor(query), dependencies).handle(query, options),
  };
}

function commonUnmarshal<Event>(
  parts: readonly { unmarshal(stored: StoredEvent): Event }[],
): (stored: StoredEvent) => Event {
  const [first, ...others] = parts.map(({ unmarshal }) => unmarshal);
  if (first === undefined) throw new TypeError('A composite query needs projections.');
  if (others.every((other) => other === first)) return first;
  throw new TypeError('The projections of a composite query must read events with the same function.');
}

/** The filter for the events of all of them. @throws InvalidFilterError when one has bounds */
function union(filters: readonly EventFilter[]): EventFilter {
  if (
    filters.some(
      ({ hasTimeBounds, sequenceNumberHigherThan }) => hasTimeBounds || sequenceNumberHigherThan > 0,
    )
  ) {
    throw new InvalidFilterError('The projections of a composite query cannot have bounds.', {
      advice: 'Ask for them one by one.',
    });
  }
  const items = filters.some(({ items }) => items.length === 0) ? [] : filters.flatMap(({ items }) => items);
  return new EventFilter(distinctSorted(items), {});
}

/** Whether the filter means an event: told by its type alone where that is enough, as for a million events it should. */
function meaning(filter: EventFilter): (stored: StoredEvent) => boolean {
  const { items } = filter;
  const isByType = items.every(
    ({ predicates, eventTypes }) => predicates.length === 0 && eventTypes.length > 0,
  );
  if (items.length === 0 || !isByType) return (stored) => matcherOf([stored])(filter);
  const types = new Set(items.flatMap(({ eventTypes }) => eventTypes));
  return ({ eventType }) => types.has(eventType);
}
