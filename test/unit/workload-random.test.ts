import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom, type Random } from '../../server/lib/random.ts';
import { uuidOf } from '../../server/workload/uuid.ts';

test('A seed repeats its numbers; another seed, a large one and another stream give others', () => {
  const first = (random: Random) => Array.from({ length: 8 }, () => random.uint32()).join(' ');
  assert.equal(first(createRandom(1)), first(createRandom(1)));
  const all = [
    createRandom(0),
    createRandom(1),
    createRandom(2 ** 32),
    createRandom(2 ** 53 - 1),
    createRandom(1, 1),
  ];
  assert.equal(new Set(all.map(first)).size, all.length);
});

test('The numbers are spread evenly: every value below 10, and chances as often as they say', () => {
  const random = createRandom(1);
  const counts = Array.from({ length: 10 }, () => 0);
  for (let draw = 0; draw < 100_000; draw += 1) {
    const value = random.below(10);
    counts[value] = (counts[value] ?? 0) + 1;
  }
  // Five standard deviations of a binomial distribution: the seed is fixed, so this cannot fail by chance.
  for (const count of counts) assert.ok(Math.abs(count - 10_000) < 475, String(counts));
  const hits = Array.from({ length: 100_000 }, () => random.chance(0.2)).filter(Boolean).length;
  assert.ok(Math.abs(hits - 20_000) < 630, String(hits));
});

test('Nothing can be picked from an empty list', () => {
  assert.throws(() => createRandom(1).pick([]), RangeError);
});

test('The UUID of a name is always the same and differs from that of another name', () => {
  assert.equal(uuidOf('run/1'), uuidOf('run/1'));
  assert.notEqual(uuidOf('run/1'), uuidOf('run/11'));
  assert.match(uuidOf('run/1'), /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});
