import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../../server/lib/random.ts';
import { bookDetails } from '../../server/workload/book-catalogue.ts';

test('Every ISBN has the form of an ISBN-13 and the right check digit', () => {
  const random = createRandom(1);
  for (let book = 0; book < 500; book += 1) {
    const { ISBN } = bookDetails(random);
    assert.match(ISBN, /^978-\d-\d{4}-\d{4}-\d$/);
    const digits = [...ISBN.replaceAll('-', '')].map(Number);
    assert.equal(digits.reduce((sum, digit, index) => sum + digit * (index % 2 === 0 ? 1 : 3), 0) % 10, 0);
  }
});

test('Neighbouring books have different details', () => {
  const isbns = Array.from({ length: 1_000 }, (_, number) => bookDetails(createRandom(1, number)).ISBN);
  assert.equal(new Set(isbns).size, 1_000);
});
