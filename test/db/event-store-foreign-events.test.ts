import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { InvalidEventError } from '../../server/eventstore/errors.ts';
import { buildEventFilter } from '../../server/eventstore/event-filter-builder.ts';
import { emptyPosition } from '../../server/eventstore/event-store.ts';
import { p } from '../../server/eventstore/predicate.ts';
import type { StorableEvent } from '../../server/eventstore/storable-event.ts';
import { event, type PostgresFixture, postgresFixture } from '../contract/event-store-fixture.ts';

let fixture: PostgresFixture;
before(async () => {
  fixture = await postgresFixture();
});
after(() => fixture[Symbol.asyncDispose]());

const good = event('Added', { BookID: 'bad' });
const ofBook = (id: string) => buildEventFilter().matching().anyPredicateOf(p('BookID', id)).finalize();
// Hardly compressible: the index would refuse it, where it takes 10,000 times the same letter.
const longName = Array.from({ length: 10_000 }, (_, n) =>
  String.fromCodePoint(0x4e00 + ((n * 7919) % 20_000)),
).join('');
const nested = `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;

interface Case {
  readonly what: string;
  readonly event: unknown;
  /** Of the part at fault; the database alone cannot name it. */
  readonly field?: string;
  readonly message: RegExp;
}
const cases: readonly Case[] = [
  ...(['payload', 'metadata'] as const).flatMap((part): Case[] => [
    content(part, 'an array', '[1]'),
    content(part, 'null', 'null'),
    content(part, 'a text', '"x"'),
    content(part, 'nothing', ''),
    content(part, 'JSON that was cut', '{"a":'),
    content(part, 'JSON and more', '{"a":1}x'),
    content(part, 'undefined', undefined),
    content(part, 'a NUL character', '{"a":"\0"}'),
    content(part, 'a NUL character written as an escape', '{"a":"\\u0000"}'),
    content(part, 'a NUL character in a key', '{"\\u0000":1}'),
    content(part, 'half of a surrogate pair', '{"a":"\\ud800"}'),
    content(part, 'half of a surrogate pair as it is', '{"a":"\ud800"}'),
  ]),
  {
    what: 'a payload of 100 MB',
    event: { ...good, payload: `{"a":"${'x'.repeat(100_000_000)}"}` },
    field: 'payload',
    message: /longer than/,
  },
  { what: 'a payload that is nested too deep', event: { ...good, payload: nested }, message: /stack depth/ },
  {
    what: 'a number beyond all numbers',
    event: { ...good, payload: '{"a":1e999999}' },
    message: /overflows/,
  },
  {
    what: 'an event type that is empty',
    event: { ...good, eventType: '' },
    field: 'eventType',
    message: /not a name/,
  },
  {
    what: 'an event type of 10 kB',
    event: { ...good, eventType: 'x'.repeat(10_000) },
    field: 'eventType',
    message: /not a name/,
  },
  {
    what: 'an event type of 10,000 different letters',
    event: { ...good, eventType: longName },
    field: 'eventType',
    message: /not a name/,
  },
  {
    what: 'an event type with a NUL character',
    event: { ...good, eventType: 'a\0b' },
    field: 'eventType',
    message: /not a name/,
  },
  {
    what: 'an event type with half of a surrogate pair',
    event: { ...good, eventType: '\ud800' },
    field: 'eventType',
    message: /not a name/,
  },
  {
    what: 'an event type that is a number',
    event: { ...good, eventType: 5 },
    field: 'eventType',
    message: /not a name/,
  },
  {
    what: 'no event type',
    event: { ...good, eventType: undefined },
    field: 'eventType',
    message: /not a name/,
  },
  {
    what: 'a date that is none',
    event: { ...good, occurredAt: new Date('soon') },
    field: 'occurredAt',
    message: /not a date/,
  },
  {
    what: 'a date before the calendar of the database',
    event: { ...good, occurredAt: new Date(-8.64e15) },
    field: 'occurredAt',
    message: /not a date/,
  },
  {
    what: 'the text of a date',
    event: { ...good, occurredAt: '2025-08-20T10:00:00Z' },
    field: 'occurredAt',
    message: /not a date/,
  },
  { what: 'no date', event: { ...good, occurredAt: undefined }, field: 'occurredAt', message: /not a date/ },
  { what: 'null', event: null, message: /is no event/ },
  { what: 'a text', event: '{}', message: /is no event/ },
];

describe('appending an event that was not made by buildStorableEvent()', () => {
  for (const { what, event: foreign, field, message } of cases) {
    it(`refuses ${what} and stores nothing, not even the good event before it`, async () => {
      const before = event('Added', { BookID: what });
      const append = fixture.store.append(ofBook(what), emptyPosition, [before, foreign as StorableEvent]);
      await assert.rejects(append, (error: unknown) => {
        assert.ok(error instanceof InvalidEventError, String(error));
        assert.equal(error.code, 'invalid_event');
        assert.match(error.message, message);
        assert.match(error.message, /^[A-Z]/);
        assert.match(error.advice ?? '', /^[A-Z].+\.$/);
        // A payload of 100 MB does not belong in a log.
        assert.ok(error.message.length < 500);
        if (field !== undefined) assert.match(error.field ?? '', new RegExp(`^(events\\.1\\.)?${field}$`));
        return true;
      });
      assert.deepEqual((await fixture.store.query(ofBook(what))).events, []);
      assert.equal(fixture.pool.idleCount, fixture.pool.totalCount);
    });
  }

  it('takes what is as good as one that was', async () => {
    const own = {
      eventType: 'Own',
      occurredAt: new Date(Date.UTC(70_000, 0, 1)),
      payload: '{"BookID":"first","BookID":"own"}',
      metadata: ' {} ',
    };
    const filter = buildEventFilter().matching().allPredicatesOf(p('BookID', 'own')).finalize();
    await fixture.store.append(filter, emptyPosition, [own]);
    const { events, position } = await fixture.store.query(filter);
    assert.deepEqual(
      events.map(({ sequenceNumber: _, ...stored }) => stored),
      [own],
    );
    // Of a field that stands there twice the last one counts, for reading and for guarding.
    await assert.rejects(fixture.store.append(filter, emptyPosition, [own]), {
      code: 'concurrency_conflict',
    });
    await fixture.store.append(filter, position, [own]);
  });
});

function content(part: 'payload' | 'metadata', what: string, text: unknown): Case {
  return { what: `${part} of ${what}`, event: { ...good, [part]: text }, message: /./ };
}
