import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import fc from 'fast-check';
import { ConcurrencyConflictError, InvalidOptionError } from '../../server/eventstore/errors.ts';
import { buildEventFilter } from '../../server/eventstore/event-filter-builder.ts';
import { emptyPosition, type Position } from '../../server/eventstore/event-store.ts';
import { p } from '../../server/eventstore/predicate.ts';
import { event, type PostgresFixture, postgresFixture } from '../contract/event-store-fixture.ts';
import { openTransaction } from './support/open-transaction.ts';

const ofBook = buildEventFilter().matching().anyPredicateOf(p('BookID', 'b1')).finalize();
const added = event('Added', { BookID: 'b1' });

let fixture: PostgresFixture;
/** Each of them was true once and covers less than what is stored now. */
const positions: Position[] = [];
before(async () => {
  fixture = await postgresFixture();
  const { store } = fixture;
  // Transactions under way make positions with lists.
  await using first = await openTransaction(fixture.url);
  await using second = await openTransaction(fixture.url);
  positions.push((await store.query(ofBook)).position);
  for (const { query } of [first, second]) {
    await query('SELECT pg_current_xact_id()');
    positions.push((await store.query(ofBook)).position);
  }
  positions.push((await store.append(ofBook, positions[2] ?? emptyPosition, [added])).position);
  await store.append(ofBook, positions[3] ?? emptyPosition, [added]);
});
after(() => fixture[Symbol.asyncDispose]());

const place = fc.nat(120);
const text = fc.oneof(
  fc.stringMatching(/^[\d:;,./-]{0,4}$/),
  fc.constantFrom('9', '0', '99', ',', ':', ';1', '/', ' ', '\n', '٣', 'é'),
  fc.string({ maxLength: 3 }),
);
const change = fc.oneof(
  fc.tuple(place, place, text).map(([from, length, by]) => (whole: string) => {
    const at = from % (whole.length + 1);
    return whole.slice(0, at) + by + whole.slice(at + (length % 4));
  }),
  place.map((end) => (whole: string) => whole.slice(0, end)),
  place.map((start) => (whole: string) => whole.slice(start)),
  place.map((at) => (whole: string) => {
    const [one = '', other = ''] = [whole[at], whole[at + 1]];
    return whole.slice(0, at) + other + one + whole.slice(at + 2);
  }),
  fc.constant((whole: string) => whole.toUpperCase()),
  // One position continued by another, as from a buffer that was written twice.
  fc.tuple(place, fc.nat(3)).map(([at, other]) => (whole: string) => {
    return whole.slice(0, at) + (positions[other] ?? '').slice(at);
  }),
);

it('However a position is damaged, no append passes what its reader had not seen', {
  timeout: 60_000,
}, async () => {
  const refusals = { damaged: 0, conflict: 0 };
  const run = async (which: number, changes: readonly ((whole: string) => string)[]) => {
    const damaged = changes.reduce((whole, next) => next(whole), positions[which] as string);
    await fixture.store.append(ofBook, damaged as Position, [added]).then(
      () => assert.fail(`${damaged} was believed`),
      (error) => {
        if (error instanceof InvalidOptionError && error.field === 'position') refusals.damaged++;
        else if (error instanceof ConcurrencyConflictError) refusals.conflict++;
        else throw error;
      },
    );
  };
  await fc.assert(fc.asyncProperty(fc.nat(3), fc.array(change, { minLength: 1, maxLength: 3 }), run), {
    numRuns: 3000,
  });
  assert.equal((await fixture.store.query(ofBook)).events.length, 2);
  assert.ok(refusals.damaged > 1000, JSON.stringify(refusals));
});

for (const [what, position] of [
  ['snapshots that cannot be', '1.5-7/9:3:'],
  ['no checksum', '1.5-7/9:9:'],
  ['blanks around it', ' '],
  ['no text', undefined],
  ['a number', 17],
  ['a list of texts', ['1.5-7/9:9:/1']],
] as const) {
  it(`A position with ${what} is refused before anything is sent`, async () => {
    const append = fixture.store.append(ofBook, position as unknown as Position, [added]);
    await assert.rejects(append, {
      code: 'invalid_option',
      field: 'position',
      message: /^The position of the append (is damaged|does not come from a query of this event store)\.$/,
      advice:
        'Pass on the position of a query with the same filter, character by character, or emptyPosition.',
    });
  });
}
