import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { createInputRandom } from '../../server/config/input-random.ts';

describe('createInputRandom', () => {
  it('repeats what the seed and the iteration gave, and nothing of another iteration', () => {
    const draw = (seed: number, iteration: number) => {
      const random = createInputRandom(seed, iteration);
      return [random.int(0, 1e6), random.fraction(), random.uuid(), ...random.shuffle([1, 2, 3, 4, 5, 6])];
    };
    assert.deepEqual(draw(1, 2), draw(1, 2));
    assert.notDeepEqual(draw(1, 2), draw(1, 3));
    assert.notDeepEqual(draw(1, 2), draw(2, 2));
  });

  it('draws whole numbers with both ends', () => {
    const random = createInputRandom(1, 0);
    const drawn = new Set(Array.from({ length: 200 }, () => random.int(-1, 2)));
    assert.deepEqual(
      [...drawn].sort((a, b) => a - b),
      [-1, 0, 1, 2],
    );
    assert.equal(random.int(5, 5), 5);
  });

  it('refuses numbers that span nothing, and a list without items', () => {
    const random = createInputRandom(1, 0);
    for (const [least, most] of [
      [2, 1],
      [0.5, 2],
      [0, Number.NaN],
      [0, 2 ** 33],
    ] as const)
      assert.throws(() => random.int(least, most), RangeError);
    assert.throws(() => random.pick([]), /empty list/);
  });

  it('shuffles without loss and leaves the list as it is', () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), fc.nat(), (list, seed) => {
        const before = [...list];
        const shuffled = createInputRandom(seed, 0).shuffle(list);
        assert.deepEqual(list, before);
        assert.deepEqual(
          shuffled.toSorted((a, b) => a - b),
          list.toSorted((a, b) => a - b),
        );
      }),
    );
  });

  it('gives texts in the form of a UUID', () => {
    const random = createInputRandom(1, 0);
    const drawn = Array.from({ length: 100 }, () => random.uuid());
    for (const text of drawn)
      assert.match(text, /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
    assert.equal(new Set(drawn).size, 100);
  });
});
