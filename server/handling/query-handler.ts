import type { EventFilter } from '../eventstore/event-filter.ts';
import type { CallOptions, ReadOnlyEventStore } from '../eventstore/event-store.ts';
import type { StoredEvent } from '../eventstore/storable-event.ts';
import type { Handled, HandleOptions, Handler } from './handler.ts';
import { noPhases, type PhaseMarker } from './operation-recorder.ts';
import type { Projection } from './projection.ts';
import { callOptions, startOf, unreadPart } from './resume.ts';

export interface QueryAnswer<Result, State> extends Handled<State> {
  readonly outcome: 'answered';
  readonly result: Result;
}

export type QueryHandler<Query, Result, State> = Handler<Query, QueryAnswer<Result, State>, State>;

/** A query of the domain: its events, how they fold, and what the state answers. */
export interface QueryDefinition<Query, Event, State, Result> extends Projection<Query, Event, State> {
  readonly name: string;
  /**
   * `at-once`: one round trip, for answers from few events. `in-batches`: memory holds one batch and the state,
   * however many events there are.
   */
  readonly reading: 'at-once' | 'in-batches';
  /** What the state answers to the query. Pure; neither keeps nor changes the state. */
  answer(state: State, query: Query): Result;
}

export interface QueryDependencies {
  /** Read-only by type: a query cannot append. */
  readonly store: ReadOnlyEventStore;
  /** Left out, the handler is not observed from inside. */
  readonly phases?: PhaseMarker;
  /** Events per batch; left out, the store chooses. */
  readonly batchSize?: number;
}

type Batches = AsyncIterable<readonly StoredEvent[]> | Iterable<readonly StoredEvent[]>;

/** A query handler: filter → read, eventually consistent → unmarshal → project → answer. */
export function queryHandler<Query, Event, State, Result>(
  definition: QueryDefinition<Query, Event, State, Result>,
  { store, phases = noPhases, batchSize }: QueryDependencies,
): QueryHandler<Query, Result, State> {
  async function handle(
    query: Query,
    options: HandleOptions<State> = {},
  ): Promise<QueryAnswer<Result, State>> {
    const start = startOf(definition, options);
    const filter = phases.phase('filter_build', () => unreadPart(definition.filter(query), start));
    let { state, sequenceNumber } = start;
    for await (const batch of await batchesOf(filter, callOptions(options))) {
      const events = phases.phase('unmarshal', () => batch.map(definition.unmarshal));
      state = phases.phase('project', () => definition.project(state, events));
      sequenceNumber = batch.at(-1)?.sequenceNumber ?? sequenceNumber;
    }
    const result = phases.phase('project', () => definition.answer(state, query));
    return { outcome: 'answered', result, reached: { state, sequenceNumber } };
  }

  async function batchesOf(filter: EventFilter, options: CallOptions): Promise<Batches> {
    const readOptions = { ...options, consistency: 'eventual' } as const;
    if (definition.reading === 'at-once') return [(await store.query(filter, readOptions)).events];
    return store.replay(filter, batchSize === undefined ? readOptions : { ...readOptions, batchSize });
  }

  return { name: definition.name, kind: 'query', filter: definition.filter, handle };
}
