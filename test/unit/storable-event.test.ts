import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { InvalidEventError } from '../../server/eventstore/errors.ts';
import { buildStorableEvent, type StorableEventInput } from '../../server/eventstore/storable-event.ts';

const valid: StorableEventInput = {
  eventType: 'BookCopyLentToReader',
  occurredAt: new Date('2025-08-20T10:00:00.000Z'),
  payload: { BookID: 'b1' },
};
const refusedField = (change: object, field: string, message: RegExp = /./) =>
  assert.throws(
    () => buildStorableEvent({ ...valid, ...change }),
    (error: unknown) => {
      assert.ok(error instanceof InvalidEventError, String(error));
      assert.equal(error.code, 'invalid_event');
      assert.equal(error.field, field);
      assert.match(error.message, message);
      assert.match(error.message, /^[A-Z].{10,200}\.$/);
      assert.match(error.advice ?? '', /^[A-Z].{10,200}\.$/);
      return true;
    },
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
  for (const payload of ['', '{', '{"a":', "{'a':1}", '{"a":1}x', '{"a":NaN}', '{"a":1,}', '{"a":"\0"}']) {
    it(`refuses ${JSON.stringify(payload)}, which is no JSON`, () => {
      refusedField({ payload }, 'payload', /^The event's payload is not valid JSON\.$/);
      refusedField({ metadata: payload }, 'metadata', /^The event's metadata is not valid JSON\.$/);
    });
  }

  for (const payload of ['[]', '[1]', 'null', '"text"', '1', 'true', [], new Date(0)]) {
    it(`refuses ${JSON.stringify(payload)}, which is no object`, () => {
      refusedField({ payload }, 'payload', /^The event's payload is not a JSON object\.$/);
      refusedField({ metadata: payload }, 'metadata', /^The event's metadata is not a JSON object\.$/);
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
      refusedField({ payload }, 'payload', /payload holds NUL characters or broken Unicode/);
      refusedField({ metadata: payload }, 'metadata', /metadata holds NUL characters or broken Unicode/);
    });
  }

  it('refuses what cannot be written as JSON', () => {
    const cyclic: { self?: object } = {};
    cyclic.self = cyclic;
    refusedField({ payload: cyclic }, 'payload', /cannot be written as JSON/);
    refusedField({ payload: { count: 1n } }, 'payload', /cannot be written as JSON/);
    refusedField({ payload: () => 1 }, 'payload', /is not a JSON object/);
    refusedField({ payload: undefined }, 'payload');
    refusedField({ payload: null }, 'payload');
    refusedField({ metadata: 1 }, 'metadata');
  });

  it('refuses a payload of 100 MB', () => {
    const payload = `{"a":"${'x'.repeat(100_000_000)}"}`;
    refusedField({ payload }, 'payload', /payload is longer than 16777216 characters/);
    refusedField({ payload: { a: 'x'.repeat(100_000_000) } }, 'payload', /is longer than/);
    refusedField({ metadata: payload }, 'metadata', /metadata is longer than/);
  });

  for (const eventType of ['', 'a\0b', '\ud800', 'x'.repeat(10_000)]) {
    it(`refuses the event type ${JSON.stringify(eventType.slice(0, 20))} of ${eventType.length} characters`, () => {
      refusedField({ eventType }, 'eventType', /^The event type is not a name that can be stored\.$/);
    });
  }

  it('refuses dates that are none or out of range', () => {
    const isNoDate = /^The time of the event is not a date that can be stored\.$/;
    const firstMoment = Date.UTC(-4712, 0, 1);
    const lastMoment = Date.UTC(70_000, 0, 1);
    refusedField({ occurredAt: new Date('soon') }, 'occurredAt', isNoDate);
    refusedField({ occurredAt: new Date(-8.64e15) }, 'occurredAt', isNoDate);
    refusedField({ occurredAt: new Date(firstMoment - 1) }, 'occurredAt', isNoDate);
    refusedField({ occurredAt: new Date(lastMoment + 1) }, 'occurredAt', isNoDate);
    refusedField({ occurredAt: new Date(8.64e15) }, 'occurredAt', isNoDate);
    refusedField({ occurredAt: '2025-08-20' }, 'occurredAt', isNoDate);
    refusedField({ occurredAt: undefined }, 'occurredAt', isNoDate);
    for (const time of [firstMoment, lastMoment]) {
      const { occurredAt } = buildStorableEvent({ ...valid, occurredAt: new Date(time) });
      assert.equal(occurredAt.getTime(), time);
    }
  });
});
