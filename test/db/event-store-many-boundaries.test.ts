import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ConcurrencyConflictError } from '../../server/eventstore/errors.ts';
import { buildEventFilter } from '../../server/eventstore/event-filter-builder.ts';
import type { Position } from '../../server/eventstore/event-store.ts';
import { p } from '../../server/eventstore/predicate.ts';
import type { StorableEvent } from '../../server/eventstore/storable-event.ts';
import { event, type PostgresFixture, postgresFixture } from '../contract/event-store-fixture.ts';

const writers = Array.from({ length: 32 }, (_, n) => n);
const rounds = 10;
const key = (n: number) => `K${n}`;
const ofKey = (n: number, value: string) =>
  buildEventFilter()
    .matching()
    .anyPredicateOf(p(key(n), value))
    .finalize();
const ofAnyKey = buildEventFilter()
  .matching()
  .anyPredicateOf(p(key(0), 'x'), ...writers.map((n) => p(key(n), 'x')))
  .finalize();
const withAllKeys = () => event('Raced', Object.fromEntries(writers.map((n) => [key(n), 'x'])));

let fixture: PostgresFixture;
before(async () => {
  fixture = await postgresFixture({ connections: writers.length, appendsAtOnce: writers.length });
  // So that the first round of a race is one: later rounds find the connections open.
  const clients = await Promise.all(writers.map(() => fixture.pool.connect()));
  for (const client of clients) client.release();
});
after(() => fixture[Symbol.asyncDispose]());

describe(`${writers.length} writers, each with another boundary and an event that lies in all of them`, () => {
  const reads: readonly [title: string, read: () => Promise<readonly Position[]>][] = [
    [
      'the same read',
      async () => {
        const { position } = await fixture.store.query(ofAnyKey);
        return writers.map(() => position);
      },
    ],
    [
      'reads of their own of the same state',
      async () => {
        const results = await Promise.all(writers.map((n) => fixture.store.query(ofKey(n, 'x'))));
        return results.map(({ position }) => position);
      },
    ],
  ];
  for (const [title, read] of reads) {
    it(`have exactly one winner each round when they decide on ${title}`, async () => {
      const before = await count();
      for (let round = 0; round < rounds; round++) {
        const positions = await read();
        assert.equal(await race('x', positions, withAllKeys), 1, `round ${round}`);
      }
      assert.equal(await count(), before + rounds, 'who lost stored something, or a winner did not');
    });
  }
});

describe(`${writers.length} writers with boundaries and events that have nothing in common`, () => {
  it('all win each round', async () => {
    for (let round = 0; round < rounds; round++) {
      const reads = await Promise.all(writers.map((n) => fixture.store.query(ofKey(n, 'own'))));
      for (const { events } of reads) assert.equal(events.length, round);
      const positions = reads.map(({ position }) => position);
      const won = await race('own', positions, (n) => event(`Raced${n}`, { [key(n)]: 'own' }));
      assert.equal(won, writers.length, `round ${round}`);
    }
  });
});

/** How many of the appends that were started at once went through; the others must be told of a conflict. */
async function race(value: string, positions: readonly Position[], eventOf: (n: number) => StorableEvent) {
  const outcomes = await Promise.allSettled(
    positions.map((position, n) => fixture.store.append(ofKey(n, value), position, [eventOf(n)])),
  );
  for (const outcome of outcomes) {
    if (outcome.status === 'fulfilled') continue;
    // A deadlock would be a conflict with the database's error as its cause.
    assert.ok(outcome.reason instanceof ConcurrencyConflictError, outcome.reason);
    assert.equal(outcome.reason.cause, undefined);
  }
  return outcomes.filter(({ status }) => status === 'fulfilled').length;
}

async function count(): Promise<number> {
  return (await fixture.store.query(ofAnyKey)).events.length;
}
