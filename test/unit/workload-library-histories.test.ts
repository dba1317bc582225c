import assert from 'node:assert/strict';
import { test } from 'node:test';
import { libraryHistories } from '../../server/workload/library-histories.ts';

const startAt = new Date('2025-01-02T09:00:00Z');

test('Of 50,000 events some 70 % lend and return, 25 % change the stock, 5 % the readers; few are refusals', () => {
  const counts = new Map<string, number>();
  for (const { eventType } of [...libraryHistories({ events: 50_000, seed: 1, startAt })].flat()) {
    counts.set(eventType, (counts.get(eventType) ?? 0) + 1);
  }
  assert.equal(counts.size, 10, 'every type of event occurs');
  const share = (...types: string[]) =>
    types.reduce((sum, type) => sum + (counts.get(type) ?? 0), 0) / 50_000;
  const within = (value: number, least: number, most: number) =>
    assert.ok(value >= least && value <= most, `${value} is not from ${least} to ${most}`);
  within(share('BookCopyLentToReader', 'BookCopyReturnedByReader'), 0.65, 0.75);
  within(share('BookCopyAddedToCirculation', 'BookCopyRemovedFromCirculation'), 0.2, 0.3);
  within(share('ReaderRegistered', 'ReaderContractCanceled'), 0.03, 0.07);
  const refusals = [...counts.keys()].filter((type) => type.endsWith('Failed'));
  assert.equal(refusals.length, 4);
  within(share(...refusals), 0.005, 0.02);
});

test('Every reason for a refusal occurs', () => {
  const reasons = new Set<string>();
  for (const { eventType, payload } of [...libraryHistories({ events: 50_000, seed: 1, startAt })].flat()) {
    if (eventType.endsWith('Failed')) reasons.add(JSON.parse(payload).Reason);
  }
  assert.deepEqual([...reasons].sort(), [
    'book already lent',
    'book is currently lent',
    'book is not lent to this reader',
    'book not in circulation',
    'book was never added',
    'reader has 10 books',
    'reader has outstanding loans',
    'reader not registered',
    'reader was never registered',
  ]);
});

test('A large history settles at the population of a city library', () => {
  let [books, readers] = [0, 0];
  for (const batch of libraryHistories({ events: 700_000, seed: 1, startAt })) {
    for (const { eventType } of batch) {
      if (eventType === 'BookCopyAddedToCirculation') books += 1;
      else if (eventType === 'BookCopyRemovedFromCirculation') books -= 1;
      else if (eventType === 'ReaderRegistered') readers += 1;
      else if (eventType === 'ReaderContractCanceled') readers -= 1;
    }
  }
  assert.ok(books > 59_000 && books < 61_000, `${books} books`);
  assert.ok(readers > 14_000 && readers < 16_000, `${readers} readers`);
});

test('A book that was added takes some 250 bytes, as real ones do', () => {
  const sizes = [...libraryHistories({ events: 5_000, seed: 1, startAt })]
    .flat()
    .filter(({ eventType }) => eventType === 'BookCopyAddedToCirculation')
    .map(({ payload }) => Buffer.byteLength(payload));
  const mean = sizes.reduce((sum, size) => sum + size, 0) / sizes.length;
  assert.ok(mean > 220 && mean < 280, `${mean} bytes`);
});
