import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { buildEventFilter } from '../../server/eventstore/event-filter-builder.ts';
import { emptyPosition } from '../../server/eventstore/event-store.ts';
import { p } from '../../server/eventstore/predicate.ts';
import { event, type PostgresFixture, postgresFixture } from '../contract/event-store-fixture.ts';

let fixture: PostgresFixture;
before(async () => {
  fixture = await postgresFixture();
});
after(() => fixture[Symbol.asyncDispose]());

const hostileTexts = [
  "'",
  '"',
  "'; DROP TABLE events; --",
  '$1',
  '\\',
  '\\u0000',
  '{"a":1}',
  '{,}',
  'NULL',
  '%s%n',
  'strict $.x',
  '書籍',
  '😀',
  'Ä ä\u0308',
  '\u2028\u2029',
  '\n\t\r',
  '__proto__',
  'constructor',
  ' ',
  'x'.repeat(200),
];

describe('hostile names and values', () => {
  for (const text of hostileTexts) {
    it(`stores, finds and guards ${JSON.stringify(text.slice(0, 30))} as type, key and value`, () =>
      roundTrip(text));
  }

  it('stores, finds and guards any text at all', async () => {
    // PostgreSQL's text has no NUL; the filter builder refuses it.
    const text = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
      .filter((candidate) => !candidate.includes('\0') && candidate.isWellFormed());
    await fc.assert(
      fc.asyncProperty(text, (any) => roundTrip(any)),
      { numRuns: 60 },
    );
  });

  it('tells all of them apart when one filter asks for several', async () => {
    await fixture.store.append(
      buildEventFilter().matching().anyEventTypeOf('Together').finalize(),
      emptyPosition,
      hostileTexts.map((text) => event('Together', Object.fromEntries([[text, `together ${text}`]]))),
    );
    for (const [index, text] of hostileTexts.entries()) {
      const neighbour = hostileTexts[(index + 1) % hostileTexts.length] ?? '';
      const wanted = [text, neighbour].map((key) => p(key, `together ${key}`));
      const missed = hostileTexts.map((key) => p(key, `${key} together`));
      const filter = buildEventFilter()
        .matching()
        .anyPredicateOf(p('none', 'x'), ...wanted, ...missed)
        .finalize();
      assert.equal((await fixture.store.query(filter)).events.length, 2, text);
    }
  });

  it('finds a value that is much too long for an index entry', async () => {
    await roundTrip('v', 'long '.repeat(20_000));
  });
});

describe('large filters', () => {
  it('can name 10,000 values, to read and to guard', async () => {
    const [first, ...others] = Array.from({ length: 10_000 }, (_, n) => p('Many', `m${n}`));
    assert.ok(first);
    const filter = buildEventFilter()
      .matching()
      .anyPredicateOf(first, ...others)
      .finalize();
    const { events, position } = await fixture.store.query(filter);
    assert.deepEqual(events, []);
    await fixture.store.append(filter, position, [event('A', { Many: 'm9999' })]);
    assert.equal((await fixture.store.query(filter)).events.length, 1);
    await assert.rejects(fixture.store.append(filter, position, [event('A')]), {
      code: 'concurrency_conflict',
    });
  });

  it('can have ever new shapes without filling the memory or the server', async () => {
    for (let size = 1; size <= 70; size++) {
      const [first, ...others] = Array.from({ length: size }, (_, n) => p(`Shape${n}`, 'x'));
      assert.ok(first);
      const filter = buildEventFilter()
        .matching()
        .anyPredicateOf(first, ...others)
        .finalize();
      assert.deepEqual((await fixture.store.query(filter)).events, []);
    }
  });
});

async function roundTrip(text: string, value = text): Promise<void> {
  const filter = buildEventFilter()
    .matching()
    .anyEventTypeOf(text)
    .andAllPredicatesOf(p(text, value))
    .finalize();
  const { position, events: before } = await fixture.store.query(filter);
  const stored = event(text, Object.fromEntries([[text, value]]));
  await fixture.store.append(filter, position, [stored]);
  const { events } = await fixture.store.query(filter);
  const last = events.at(-1);
  assert.equal(events.length, before.length + 1);
  assert.equal(last?.eventType, text);
  assert.equal(last?.payload, stored.payload);
  await assert.rejects(fixture.store.append(filter, emptyPosition, [stored]), {
    code: 'concurrency_conflict',
  });
  const other = buildEventFilter()
    .matching()
    .anyPredicateOf(p(text, `${value}x`))
    .finalize();
  assert.deepEqual((await fixture.store.query(other)).events, []);
}
