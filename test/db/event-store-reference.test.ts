import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import type { EventFilter } from '../../server/eventstore/event-filter.ts';
import { buildEventFilter } from '../../server/eventstore/event-filter-builder.ts';
import { type EventStore, emptyPosition, type Position } from '../../server/eventstore/event-store.ts';
import { p } from '../../server/eventstore/predicate.ts';
import type { SafeSequenceNumber } from '../../server/eventstore/storable-event.ts';
import { collect, event, postgresFixture } from '../contract/event-store-fixture.ts';
import { InMemoryEventStore } from '../contract/in-memory-event-store.ts';

const types = ['A', 'B', 'C'] as const;
const keys = ['K', 'L'] as const;
const values = ['1', '2'] as const;

const predicate = fc
  .tuple(fc.constantFrom(...keys), fc.constantFrom(...values))
  .map(([key, value]) => p(key, value));
const type = fc.constantFrom(...types);
const moment = fc.integer({ min: 0, max: 5 }).map((n) => new Date(1_755_000_000_000 + n));
/** Also of one moment, and with nothing in it. */
const span = fc
  .tuple(moment, moment)
  .map(([one, other]) => (one < other ? { from: one, until: other } : { from: other, until: one }));
const items = fc.oneof(
  type.map((one) => buildEventFilter().matching().anyEventTypeOf(one)),
  fc.tuple(predicate, predicate).map((two) =>
    buildEventFilter()
      .matching()
      .anyPredicateOf(...two),
  ),
  fc.tuple(predicate, predicate).map((two) =>
    buildEventFilter()
      .matching()
      .allPredicatesOf(...two),
  ),
  fc.tuple(type, predicate, predicate).map(([one, ...two]) =>
    buildEventFilter()
      .matching()
      .anyEventTypeOf(one)
      .andAllPredicatesOf(...two),
  ),
  fc
    .tuple(type, predicate)
    .map(([one, other]) =>
      buildEventFilter().matching().anyEventTypeOf(one).orMatching().anyPredicateOf(other),
    ),
);
const filter: fc.Arbitrary<EventFilter> = fc.oneof(
  fc.constant(buildEventFilter().matchingAnyEvent()),
  items.map((open) => open.finalize()),
  fc.tuple(items, moment).map(([open, from]) => open.occurredFrom(from).finalize()),
  fc.tuple(items, moment).map(([open, until]) => open.occurredUntil(until).finalize()),
  fc
    .tuple(items, span)
    .map(([open, { from, until }]) => open.occurredFrom(from).andOccurredUntil(until).finalize()),
  span.map(({ from, until }) => buildEventFilter().occurredFrom(from).andOccurredUntil(until).finalize()),
);
const newEvent = fc
  .tuple(type, fc.dictionary(fc.constantFrom(...keys), fc.constantFrom(...values, 3, null)), moment)
  .map(([eventType, payload, occurredAt]) => event(eventType, payload, occurredAt));

/** Few enough that commands meet, and two filters that share their snapshots. */
const state = {
  projectionType: fc.constantFrom('P', 'Q'),
  filter: fc.constantFrom(
    buildEventFilter().matchingAnyEvent(),
    buildEventFilter().withSequenceNumberHigherThan(3).finalize(),
    buildEventFilter().matching().anyEventTypeOf('A').finalize(),
  ),
};
const snapshot = fc.record({
  ...state,
  sequenceNumber: fc.nat(4).map((n) => n as SafeSequenceNumber),
  data: fc.json(),
});

/** Positions are told by which of the earlier ones they are, as each store has its own. */
const command = fc.oneof(
  fc.record({ kind: fc.constant('query' as const), filter }),
  fc.record({ kind: fc.constant('readOn' as const), filter, after: fc.nat(30) }),
  fc.record({ kind: fc.constant('replay' as const), filter, batchSize: fc.integer({ min: 1, max: 5 }) }),
  fc.record({
    kind: fc.constant('append' as const),
    filter,
    events: fc.array(newEvent, { maxLength: 3 }),
    position: fc.nat(5),
  }),
  fc.record({ kind: fc.constant('save' as const), snapshot }),
  fc.record({ kind: fc.constant('load' as const), ...state }),
  fc.record({ kind: fc.constant('delete' as const), ...state }),
);
type Command = typeof command extends fc.Arbitrary<infer C> ? C : never;

it('behaves like a list and a loop, whatever commands come', { timeout: 120_000 }, async () => {
  await using fixture = await postgresFixture();
  const run = async (commands: readonly Command[]) => {
    await fixture.pool.query('TRUNCATE events, snapshots RESTART IDENTITY');
    const real = new Player(fixture.store);
    const reference = new Player(new InMemoryEventStore());
    for (const next of commands) assert.deepEqual(await real.play(next), await reference.play(next));
  };
  await fc.assert(fc.asyncProperty(fc.array(command, { minLength: 5, maxLength: 40 }), run), { numRuns: 60 });
});

class Player {
  readonly #store: EventStore;
  readonly #positions: Position[] = [emptyPosition];
  /** The stores count differently after conflicts, so events are known by their place. */
  readonly #numbers: number[] = [];

  constructor(store: EventStore) {
    this.#store = store;
  }

  async play(next: Command): Promise<unknown> {
    switch (next.kind) {
      case 'query': {
        const { events, maxSequenceNumber, position } = await this.#store.query(next.filter);
        this.#positions.push(position);
        return [this.#placed(events), this.#placeOf(maxSequenceNumber)];
      }
      case 'readOn': {
        if (next.filter.hasTimeBounds) return [];
        const bound = next.filter
          .reopenForSequenceFiltering()
          .withSequenceNumberHigherThan(this.#numbers[next.after] ?? 0);
        const { events, maxSequenceNumber } = await this.#store.query(bound);
        return [this.#placed(events), this.#placeOf(maxSequenceNumber)];
      }
      case 'replay': {
        const replay = this.#store.replay(next.filter, { batchSize: next.batchSize });
        const batches = await collect(replay);
        return [...batches.map((batch) => this.#placed(batch)), this.#placeOf(replay.maxSequenceNumber)];
      }
      case 'append':
        return this.#append(next);
      case 'save':
        return this.#store.saveSnapshot(next.snapshot);
      case 'load': {
        const loaded = await this.#store.loadSnapshot(next.projectionType, next.filter);
        return loaded && { ...loaded, createdAt: undefined, mark: undefined };
      }
      case 'delete':
        return this.#store.deleteSnapshot(next.projectionType, next.filter);
    }
  }

  async #append({ filter, events, position }: Extract<Command, { kind: 'append' }>): Promise<unknown> {
    try {
      const result = await this.#store.append(
        filter,
        this.#positions.at(-1 - position) ?? emptyPosition,
        events,
      );
      this.#positions.push(result.position);
      for (let n = events.length - 1; n >= 0; n--) this.#numbers.push(result.maxSequenceNumber - n);
      return this.#placeOf(result.maxSequenceNumber);
    } catch (error) {
      return error instanceof Error && error.name;
    }
  }

  #placed(events: Awaited<ReturnType<EventStore['query']>>['events']): unknown[] {
    return events.map((found) => ({ ...found, sequenceNumber: this.#placeOf(found.sequenceNumber) }));
  }

  #placeOf(sequenceNumber: number): number {
    return this.#numbers.indexOf(sequenceNumber);
  }
}
