import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import { ConcurrencyConflictError } from '../../server/eventstore/errors.ts';
import type { EventFilter } from '../../server/eventstore/event-filter.ts';
import { buildEventFilter } from '../../server/eventstore/event-filter-builder.ts';
import type { EventStore } from '../../server/eventstore/event-store.ts';
import { p } from '../../server/eventstore/predicate.ts';
import type { StorableEvent, StoredEvent } from '../../server/eventstore/storable-event.ts';
import { createRandom, type Random } from '../../server/lib/random.ts';
import { event, postgresFixture } from '../contract/event-store-fixture.ts';
import { matches } from '../contract/in-memory-event-store.ts';

const writers = 16;
/** A store of its own for so many appends: what reads give, and what is kept for the check, grows with it. */
const appendsOfStore = 960;
/** In all; a million are for a night. */
const appends = Number(process.env['EVENTSTORE_RANDOM_APPENDS'] || appendsOfStore);
/** Each by itself, and together with others. */
const waysOfSending = [writers, 1];
const anyEvent = buildEventFilter().matchingAnyEvent();

describe('many writers with random overlapping boundaries', () => {
  for (let first = 0; first < appends * waysOfSending.length; first += appendsOfStore) {
    const appendsAtOnce = waysOfSending[(first / appendsOfStore) % waysOfSending.length] ?? writers;
    it(`never decide on a state that had already changed, and never wait in a circle, ${appendsAtOnce} at once, from ${first}`, async () => {
      await using fixture = await postgresFixture({ connections: writers, appendsAtOnce });
      const draws = { first, end: Math.min(first + appendsOfStore, appends * waysOfSending.length) };
      const decided = await decideAll(fixture.store, draws);
      const { events } = await fixture.store.query(anyEvent);
      assertDecided(decided, events);
      if (draws.end - first === appendsOfStore) assertEachKind(decided);
      assert.equal(await deadlocks(fixture.pool, events.length), 0);
    });
  }
});

interface Decision {
  readonly filter: EventFilter;
  readonly seen: ReadonlySet<number>;
  readonly events: readonly StorableEvent[];
  /** Stands in all events of its append. */
  readonly draw: number;
}

async function decideAll(store: EventStore, draws: { first: number; end: number }): Promise<Decision[]> {
  const decided: Decision[] = [];
  await Promise.all(
    Array.from({ length: writers }, async (_, writer) => {
      const random = createRandom(20_250_820 + draws.first, writer);
      for (let draw = draws.first + writer; draw < draws.end; draw += writers) {
        decided.push(...(await decide(store, random, draw)));
      }
    }),
  );
  return decided;
}

async function decide(store: EventStore, random: Random, draw: number): Promise<Decision[]> {
  const filter = randomFilter(random, draw);
  const read = await store.query(filter);
  const size = random.chance(0.04) ? 200 : random.pick([1, 1, 5]);
  const events = Array.from({ length: size }, () => randomEvent(random, draw));
  try {
    await store.append(filter, read.position, events);
    const seen = new Set(read.events.map(({ sequenceNumber }) => Number(sequenceNumber)));
    return [{ filter, seen, events, draw }];
  } catch (error) {
    // A deadlock would be a conflict with the database's error as its cause.
    if (error instanceof ConcurrencyConflictError && error.cause === undefined) return [];
    throw error;
  }
}

const randomTypes = ['RandomA', 'RandomB', 'RandomC'] as const;

function randomFilter(random: Random, draw: number): EventFilter {
  const items = random.chance(0.25) ? anyEvent : randomItems(random);
  if (random.chance(0.8)) return items;
  // Some events of what is there, and all that will be: each draw gives one event or so.
  return items
    .reopenForSequenceFiltering()
    .withSequenceNumberHigherThan(random.below(1 + (draw % appendsOfStore)));
}

function randomItems(random: Random): EventFilter {
  const one = () => p(random.pick(['BookID', 'ReaderID']), `random-${random.below(4)}`);
  const open = buildEventFilter().matching();
  switch (random.below(5)) {
    case 0:
      return open.anyPredicateOf(one(), one()).finalize();
    case 1:
      return open.allPredicatesOf(one(), one()).orMatching().anyPredicateOf(one()).finalize();
    case 2:
      return open.anyEventTypeOf(random.pick(randomTypes)).andAnyPredicateOf(one()).finalize();
    case 3:
      return open.anyPredicateOf(p(`Field${random.below(manyFields)}`, 'many')).finalize();
    default:
      return open
        .anyEventTypeOf(random.pick(randomTypes))
        .orMatching()
        .allPredicatesOf(one(), one())
        .finalize();
  }
}

/** More than an append locks one by one. */
const manyFields = 150;
const fieldsOfMany = Object.fromEntries(Array.from({ length: manyFields }, (_, n) => [`Field${n}`, 'many']));

/** The draw is a number, which no filter can name: it makes no two boundaries meet. */
function randomEvent(random: Random, draw: number): StorableEvent {
  return event(random.pick(randomTypes), {
    draw,
    ...(random.chance(0.7) && { BookID: `random-${random.below(4)}` }),
    ...(random.chance(0.7) && { ReaderID: `random-${random.below(4)}` }),
    ...(random.chance(0.05) && fieldsOfMany),
  });
}

function assertDecided(decided: readonly Decision[], events: readonly StoredEvent[]): void {
  const firstOf = new Map<number, number>();
  for (const found of events.toReversed()) firstOf.set(drawOf(found), found.sequenceNumber);
  for (const { filter, seen, draw } of decided) {
    // Numbers of one append have gaps where another one, of a disjoint boundary, drew its own between them.
    const appended = firstOf.get(draw);
    assert.ok(appended !== undefined, 'an append that went through is not stored');
    const unseen = events.filter(
      (found) => found.sequenceNumber < appended && !seen.has(found.sequenceNumber) && matches(filter, found),
    );
    assert.deepEqual(unseen, [], 'an event was stored before the append that its decision had not seen');
  }
  const stored = decided.reduce((sum, decision) => sum + decision.events.length, 0);
  assert.equal(events.length, stored, 'an append that was refused is stored, or only a part of one');
}

/** So that the draws cannot come to leave out what they are here for. */
function assertEachKind(decided: readonly Decision[]): void {
  const kinds = {
    all: decided.length,
    anyEvent: decided.filter(({ filter }) => filter.items.length === 0).length,
    bound: decided.filter(({ filter }) => filter.sequenceNumberHigherThan > 0).length,
    ...Object.fromEntries(
      [1, 5, 200].map((size) => [`of${size}`, decided.filter(({ events }) => events.length === size).length]),
    ),
    manyKeys: decided.filter(({ events }) => events.some(({ payload }) => payload.includes('Field149')))
      .length,
  };
  const text = JSON.stringify(kinds);
  assert.ok(kinds.all > 100, text);
  for (const count of Object.values(kinds)) assert.ok(count > 0, text);
}

function drawOf({ payload }: StoredEvent): number {
  return (JSON.parse(payload) as { draw: number }).draw;
}

/** How many circles PostgreSQL has found in this database, once its statistics hold all that was inserted. */
async function deadlocks(pool: pg.Pool, inserted: number): Promise<number> {
  const clients = await Promise.all(Array.from({ length: writers }, () => pool.connect()));
  try {
    await Promise.all(clients.map((client) => client.query('SELECT pg_stat_force_next_flush()')));
  } finally {
    for (const client of clients) client.release();
  }
  const deadline = performance.now() + 30_000;
  for (;;) {
    const { rows } = await pool.query<{ told: number; deadlocks: number }>(
      `SELECT n_tup_ins::float8 AS told, deadlocks::float8 FROM pg_stat_database, pg_stat_user_tables
       WHERE datname = current_database() AND relname = 'events'`,
    );
    const { told = 0, deadlocks = Number.NaN } = rows[0] ?? {};
    if (told >= inserted) return deadlocks;
    assert.ok(performance.now() < deadline, `the statistics tell of ${told} of ${inserted} rows`);
    // A connection that the pool has closed tells of its work when it ends.
    await delay(20);
  }
}
