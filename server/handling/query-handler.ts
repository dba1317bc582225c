import type { EventFilter } from '../eventstore/event-filter.ts';
import type { ReadOnlyEventStore, Replay } from '../eventstore/event-store.ts';
import type { SafeSequenceNumber, StoredEvent } from '../eventstore/storable-event.ts';
import { type CallOptions, callOptions } from './call-options.ts';
import { readTailAtOnce, readTailInBatches } from './folding/read-tail.ts';
import { Rebuild } from './folding/rebuild.ts';
import type { Handled, HandleOptions, Handler, Resumption } from './handler.ts';
import type { Projection } from './projection.ts';
import { noPhases, type PhaseMarker } from './recording/operation-recorder.ts';

export interface QueryAnswer<Result> extends Handled {
  readonly outcome: 'answered';
  readonly result: Result;
}

export type QueryHandler<Query, Result, State> = Handler<Query, QueryAnswer<Result>, State>;

/** A query of the domain: its events, how they fold, and what the state answers. */
export interface QueryDefinition<Query, Event, State, Result> extends Projection<Query, Event, State> {
  readonly name: string;
  /**
   * `at-once`: one round trip, for answers from few events. `in-batches`: memory holds one batch and the state,
   * however many events there are.
   */
  readonly reading: 'at-once' | 'in-batches';
  /**
   * What the state answers to the query. Pure; neither keeps nor changes the state. The result must not change when
   * `project` changes the state afterwards.
   */
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

interface Answerable<State> {
  /** To be answered from at once: whoever shares it may change it later. */
  readonly state: State;
  readonly reached: SafeSequenceNumber;
  readonly eventsFolded: number;
}

interface Reading {
  readonly filter: EventFilter;
  readonly call: CallOptions;
}

/** A query handler: filter → read, eventually consistent → unmarshal → project → answer. */
export function queryHandler<Query, Event, State, Result>(
  definition: QueryDefinition<Query, Event, State, Result>,
  { store, phases = noPhases, batchSize }: QueryDependencies,
): QueryHandler<Query, Result, State> {
  const size = batchSize === undefined ? {} : { batchSize };

  async function handle(query: Query, options: HandleOptions<State> = {}): Promise<QueryAnswer<Result>> {
    const filter = phases.phase('filter_build', () => definition.filter(query));
    const reading = { filter, call: callOptions(options) };
    const { state, ...read } = await folded(reading, options.resumeFrom);
    const result = phases.phase('project', () => definition.answer(state, query));
    return { outcome: 'answered', result, ...read };
  }

  function folded(reading: Reading, resumption: Resumption<State> | undefined) {
    const isWhole = resumption === undefined || resumption.kept.isEmpty;
    if (isWhole && definition.reading === 'in-batches') return inBatches(reading, resumption);
    return resumption === undefined ? atOnce(reading) : tail(reading, resumption);
  }

  async function atOnce({ filter, call }: Reading): Promise<Answerable<State>> {
    // From the call until this function goes on: the store's own phases begin later and end some promises earlier.
    const read = await phases.phase('sql_execute', () =>
      store.query(filter, { ...call, consistency: 'eventual' }),
    );
    const state = project(definition.initialState(), unmarshal(read.events));
    return { state, reached: read.maxSequenceNumber, eventsFolded: read.events.length };
  }

  async function inBatches(
    { filter, call }: Reading,
    resumption: Resumption<State> | undefined,
  ): Promise<Answerable<State>> {
    const replay = store.replay(filter, { ...call, consistency: 'eventual', ...size });
    const initial = definition.initialState();
    const folding = resumption
      ? new Rebuild({ kept: resumption.kept, initialState: initial, project })
      : whole(initial);
    let eventsFolded = 0;
    for await (const batch of replay) {
      eventsFolded += batch.length;
      folding.add(batch, unmarshal(batch), replay.maxSequenceNumber);
    }
    const reached = reachedBy(replay);
    return { state: folding.finish(reached), reached, eventsFolded };
  }

  /** Nobody keeps the state, so it need not stop at the settled events. */
  function whole(initial: State) {
    let state = initial;
    return {
      add: (_: readonly StoredEvent[], events: readonly Event[]) => {
        state = project(state, events);
      },
      finish: () => state,
    };
  }

  async function tail({ filter, call }: Reading, resumption: Resumption<State>): Promise<Answerable<State>> {
    const { kept, isOld } = resumption;
    const held = kept.isEmpty ? 0 : 1;
    const readTail = isOld && definition.reading === 'in-batches' ? readTailInBatches : readTailAtOnce;
    const read = await readTail(
      { store, unmarshal, batchSize, phases },
      { boundary: filter, consistency: 'eventual', call },
      resumption,
    );
    const state = phases.phase('project', () => kept.advance(read, definition.project));
    return { state, reached: kept.sequenceNumber, eventsFolded: read.stored.length - held };
  }

  function unmarshal(stored: readonly StoredEvent[]): readonly Event[] {
    return phases.phase('unmarshal', () => stored.map(definition.unmarshal));
  }

  function project(state: State, events: readonly Event[]): State {
    return phases.phase('project', () => definition.project(state, events));
  }

  return { name: definition.name, kind: 'query', filter: definition.filter, handle };
}

// Read through a function: to the compiler the loop did not change it.
function reachedBy(replay: Replay): SafeSequenceNumber {
  return replay.maxSequenceNumber;
}
