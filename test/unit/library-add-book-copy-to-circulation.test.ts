import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commandHandler } from '../../server/handling/command-handler.ts';
import { addBookCopyToCirculation } from '../../server/library/add-book-copy-to-circulation/add-book-copy-to-circulation.ts';
import { InMemoryEventStore } from '../contract/in-memory-event-store.ts';
import { commandSpecification } from './support/given-when-then.ts';
import {
  ada,
  added,
  at,
  details,
  emma,
  lent,
  metadata,
  removed,
  returned,
  ulysses,
} from './support/library-examples.ts';

const { given } = commandSpecification(addBookCopyToCirculation);
const addEmma = { bookID: emma, details, occurredAt: at(13), metadata };

test('A book that was never added comes into circulation', () => {
  given([])
    .when(addEmma)
    .then([added(emma, at(13))]);
});

test('A book that was removed comes into circulation again', () => {
  given([added(emma), removed(emma)])
    .when(addEmma)
    .then([added(emma, at(13))]);
});

test('A book in circulation is not added twice, whatever happened to it', () => {
  given([added(emma)])
    .when(addEmma)
    .thenNothing();
  given([added(emma), removed(emma), added(emma)])
    .when(addEmma)
    .thenNothing();
  given([added(emma), lent(emma, ada), returned(emma, ada)])
    .when(addEmma)
    .thenNothing();
});

test('The stored event holds the book, the time of the command and its metadata', async () => {
  const store = new InMemoryEventStore();
  await commandHandler(addBookCopyToCirculation, { store }).handle(addEmma);
  const [event] = store.events;
  assert.deepEqual([event?.eventType, event?.occurredAt], ['BookCopyAddedToCirculation', at(13)]);
  assert.deepEqual(JSON.parse(event?.payload ?? ''), { BookID: emma, ...details });
  assert.deepEqual(JSON.parse(event?.metadata ?? ''), metadata);
});

test('Only the history of the same book decides', async () => {
  const store = new InMemoryEventStore();
  const handler = commandHandler(addBookCopyToCirculation, { store });
  const add = async (command: typeof addEmma) => (await handler.handle(command)).outcome;
  assert.equal(await add({ ...addEmma, bookID: ulysses }), 'accepted');
  assert.equal(await add(addEmma), 'accepted');
  assert.equal(await add(addEmma), 'idempotent');
  assert.equal(store.events.length, 2);
});
