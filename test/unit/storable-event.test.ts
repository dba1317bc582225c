import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { InvalidEventError } from '../../server/eventstore/errors.ts';
import { buildStorableEvent, type StorableEventInput } from '../../server/eventstore/storable-event.ts';

const valid: StorableEventInput = {
  eventType: 'BookCopyLentToReader',
  occurredAt: new Date('2025-08-20T10:00:00.000Z'),
  payload: { BookID: 'b1' },
};
const refusedField = (change: object, field: string) =>
  assert.throws(
    () => buildStorableEvent({ ...valid, ...change }),
    (error: unknown) =>
      error instanceof InvalidEventError && error.field === field && error.advice !== undefined,
  );

describe('building an event', () => {
  it('writes an object as JSON and keeps JSON text as it is', () => {
    assert.equal(buildStorableEvent(valid).payload, '{"BookID":"b1"}');
    const text = ' {"b": 1.00, "a": "\\u00e4"} ';
    assert.equal(buildStorableEvent({ ...valid, payload: text, metadata: text }).payload, text);
  });

  it('gives empty metadata when there is none', () => {
    assert.equal(buildStorableEvent(valid).metadata, '{}');
  });

  it('does not change with the date it was given', () => {
    const occurredAt = new Date(valid.occurredAt);
    const event = buildStorableEvent({ ...valid, occurredAt });
    occurredAt.setFullYear(1999);
    assert.equal(event.occurredAt.getTime(), valid.occurredAt.getTime());
    assert.throws(() => Object.assign(event, { payload: '{}' }), TypeError);
  });

  it('accepts names and values with quotes, SQL and every script', () => {
    for (const text of [
      '"',
      "'; DROP TABLE events; --",
      '\\',
      '書籍',
      '😀',
      '\u2028',
      '\\u0000 written out',
    ]) {
      assert.doesNotThrow(() => buildStorableEvent({ ...valid, eventType: text, payload: { [text]: text } }));
    }
  });
});

describe('refusing an event', () => {
  for (const payload of ['', '{', '[]', 'null', '"text"', '1', '{"a":1}x', [], new Date(0)]) {
    it(`refuses the payload ${JSON.stringify(payload)}`, () => {
      refusedField({ payload }, 'payload');
      refusedField({ metadata: payload }, 'metadata');
    });
  }

  for (const payload of [
    '{"a":"\\u0000"}',
    '{"a":{"b":["\\u0000"]}}',
    '{"\\u0000":1}',
    '{"a":"\\ud800"}',
    '{"a":"\ud800"}',
  ]) {
    it(`refuses ${JSON.stringify(payload)}, which the database cannot store`, () => {
      refusedField({ payload }, 'payload');
    });
  }

  it('refuses what cannot be written as JSON', () => {
    const cyclic: { self?: object } = {};
    cyclic.self = cyclic;
    refusedField({ payload: cyclic }, 'payload');
    refusedField({ payload: { count: 1n } }, 'payload');
    refusedField({ payload: () => 1 }, 'payload');
  });

  it('refuses a payload of 100 MB', () => {
    refusedField({ payload: `{"a":"${'x'.repeat(100_000_000)}"}` }, 'payload');
  });

  for (const eventType of ['', 'a\0b', '\ud800', 'x'.repeat(10_000)]) {
    it(`refuses the event type ${JSON.stringify(eventType.slice(0, 20))} of ${eventType.length} characters`, () => {
      refusedField({ eventType }, 'eventType');
    });
  }

  it('refuses dates that are none or out of range', () => {
    refusedField({ occurredAt: new Date('soon') }, 'occurredAt');
    refusedField({ occurredAt: new Date(-8.64e15) }, 'occurredAt');
    refusedField({ occurredAt: '2025-08-20' }, 'occurredAt');
  });
});
