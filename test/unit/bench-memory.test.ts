import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memorySlopes, sampleMemory } from '../bench/snapshots/memory.ts';

/** A sample every half minute. */
function samples(heap: (minute: number) => number) {
  return Array.from({ length: 12 }, (_, index) => ({ seconds: index * 30, heap: heap(index / 2), rss: 200 }));
}

test('Memory that grows is told in megabytes a minute, and a start that fills caches is not counted', () => {
  const slopes = memorySlopes(samples((minute) => (minute < 2 ? 10 + minute * 30 : 70 + minute * 3)));
  assert.deepEqual(slopes, { heap: 3, rss: 0 });
});

test('One sample in an unlucky moment does not change the slope', () => {
  const slopes = memorySlopes(samples((minute) => (minute === 4 ? 500 : 80)));
  assert.deepEqual(slopes, { heap: 0, rss: 0 });
});

test('Two samples tell no slope', () => {
  assert.equal(memorySlopes(samples(() => 1).slice(0, 2)), undefined);
});

test('What is no longer held does not count as heap', () => {
  const before = sampleMemory(0).heap;
  let held: string[] | undefined = Array.from({ length: 200_000 }, (_, index) => `held ${index}`);
  const holding = sampleMemory(1).heap;
  assert.ok(holding - before > 5, `${holding} ${before} ${held.length}`);
  held = undefined;
  assert.ok(sampleMemory(2).heap - before < 2);
});
