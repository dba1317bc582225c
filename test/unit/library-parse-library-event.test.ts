import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SequenceNumber, StoredEvent } from '../../server/eventstore/storable-event.ts';
import { marshalLibraryEvent } from '../../server/library/marshal-library-event.ts';
import { parseLibraryEvent, UnreadableEventError } from '../../server/library/parse-library-event.ts';
import { ada, added, at, emma, lent } from './support/library-examples.ts';

const metadata = { MessageID: 'm', CausationID: 'c', CorrelationID: 'r' };

test('What was marshalled is parsed to the same event', () => {
  for (const event of [added(emma), lent(emma, ada)]) {
    const sequenceNumber = 7 as SequenceNumber;
    assert.deepEqual(parseLibraryEvent({ ...marshalLibraryEvent(event, metadata), sequenceNumber }), event);
  }
});

test('A payload that the library would not write is refused with the event and the field', () => {
  const refusals: [Partial<StoredEvent>, RegExp][] = [
    [{ payload: '{"BookID":"b"}' }, /^Event 7 of type BookCopyLentToReader .*ReaderID is not a string/],
    [{ payload: '{"BookID":1,"ReaderID":"r"}' }, /BookID is not a string/],
    [{ payload: '{"BookID":' }, /not JSON/],
    [{ payload: 'null' }, /not a JSON object/],
    [{ eventType: 'BookBurned' }, /BookBurned .*the library has no such type/],
    [{ eventType: 'constructor' }, /no such type/],
  ];
  for (const [differently, message] of refusals) {
    assert.throws(
      () => parseLibraryEvent({ ...stored, ...differently }),
      (error) => error instanceof UnreadableEventError && message.test(error.message),
    );
  }
});

test('Fields that a later version of the library writes are left alone', () => {
  const payload = '{"BookID":"b","ReaderID":"r","Branch":"North"}';
  const event = parseLibraryEvent({ ...stored, payload });
  assert.equal(event.type, 'BookCopyLentToReader');
});

const stored: StoredEvent = {
  sequenceNumber: 7 as SequenceNumber,
  eventType: 'BookCopyLentToReader',
  occurredAt: at(9),
  payload: '{"BookID":"b","ReaderID":"r"}',
  metadata: '{}',
};
