import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { InvalidOptionError } from '../../server/eventstore/errors.ts';
import { buildEventFilter } from '../../server/eventstore/event-filter-builder.ts';
import type { SnapshotToSave } from '../../server/eventstore/snapshot.ts';
import type { SafeSequenceNumber } from '../../server/eventstore/storable-event.ts';
import { type PostgresFixture, postgresFixture } from '../contract/event-store-fixture.ts';

const anyEvent = buildEventFilter().matchingAnyEvent();
const ofType = (type: string) => buildEventFilter().matching().anyEventTypeOf(type).finalize();

let fixture: PostgresFixture;
before(async () => {
  fixture = await postgresFixture();
});
after(() => fixture[Symbol.asyncDispose]());
afterEach(() => fixture.pool.query('DELETE FROM snapshots'));

describe('the data of a snapshot', () => {
  for (const [what, data] of [
    ['no text at all', ''],
    ['no JSON', '{,}'],
    ['JSON that ends early', '{"a": [1'],
    ['two JSON values', '{} {}'],
    ['a number that JSON lacks', 'NaN'],
    ['a line break within a string', '"\n"'],
    ['JSON that is nested too deeply', `${'['.repeat(200_000)}${']'.repeat(200_000)}`],
    ['a NUL character', '"\0"'],
    ['half a surrogate pair', '"\ud83d"'],
    ['an object', { a: 1 } as unknown as string],
    ['nothing', undefined as unknown as string],
  ] as const) {
    it(`is refused when it is ${what}`, async () => {
      const error = await faultOf(snapshot(1, { data }));
      assert.equal(error.field, 'data');
      assert.match(
        error.message,
        /^The (data of the snapshot is not|database refused the data of the snapshot: )/,
      );
      assert.equal(error.advice, 'Give JSON text, as JSON.stringify() makes it.');
      assert.equal(await fixture.store.loadSnapshot('Books', anyEvent), undefined);
    });
  }

  // The type json checks the grammar of escapes and leaves them as they are; jsonb would refuse both.
  for (const data of ['"\\u0000"', '"\\ud83d"', JSON.stringify('\0\ud83d'), '{"\\u0000":1,"\\u0000":2}']) {
    it(`comes back as it was with the escapes ${data}`, async () => {
      await fixture.store.saveSnapshot(snapshot(1, { data }));
      assert.equal((await fixture.store.loadSnapshot('Books', anyEvent))?.data, data);
    });
  }

  it('comes back as it was with 50 MB', { timeout: 120_000 }, async () => {
    const book = (n: number) =>
      `{"BookID":"b${n}","Title":"Gödel, Escher, Bach ${n}","isLent":${n % 3 === 0}}`;
    const books = Array.from({ length: 800_000 }, (_, n) => book(n));
    const data = `[${books.join(',')}]`;
    assert.ok(Buffer.byteLength(data) > 50_000_000);
    await fixture.store.saveSnapshot(snapshot(1, { data }));
    // Not assert.equal, which would print both.
    assert.ok((await fixture.store.loadSnapshot('Books', anyEvent))?.data === data);
  });
});

describe('the projection type of a snapshot', () => {
  for (const [what, projectionType] of [
    ['empty', ''],
    ['with a NUL character', 'Bo\0oks'],
    ['with half a surrogate pair', 'Books\ud83d'],
    ['of 256 characters', 'x'.repeat(256)],
    ['of 10 kB', 'x'.repeat(10_000)],
    ['a number', 7 as unknown as string],
  ] as const) {
    it(`is refused when it is ${what}`, async () => {
      const refusal = { code: 'invalid_option', field: 'projectionType' };
      const { advice = '' } = await faultOf(snapshot(1, { projectionType }));
      assert.equal(advice, 'Give 1 to 255 characters, without NUL characters and without broken Unicode.');
      await assert.rejects(fixture.store.saveSnapshot(snapshot(1, { projectionType })), refusal);
      await assert.rejects(fixture.store.loadSnapshot(projectionType, anyEvent), refusal);
      await assert.rejects(fixture.store.deleteSnapshot(projectionType, anyEvent), refusal);
    });
  }

  for (const projectionType of [
    "'",
    '"',
    "'; DROP TABLE snapshots; --",
    '$1',
    '\\',
    '%s',
    '書籍 😀',
    ' ',
    '\n\t',
    '__proto__',
    'é'.repeat(255),
  ]) {
    it(`can be ${JSON.stringify(projectionType.slice(0, 30))}, of a filter of that name, too`, async () => {
      const { store } = fixture;
      const filter = ofType(projectionType);
      await store.saveSnapshot(snapshot(1, { projectionType, filter }));
      const loaded = await store.loadSnapshot(projectionType, filter);
      assert.equal(loaded?.projectionType, projectionType);
      assert.equal(loaded.data, '{"upTo":1}');
      await store.deleteSnapshot(projectionType, filter);
      assert.equal(await store.loadSnapshot(projectionType, filter), undefined);
    });
  }
});

describe('the sequence number of a snapshot', () => {
  for (const wrong of [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, '7', 7n, undefined]) {
    it(`is refused when it is ${typeof wrong} ${wrong}`, async () => {
      const error = await faultOf(snapshot(wrong as number, { data: '{}' }));
      assert.equal(error.field, 'sequenceNumber');
      assert.match(error.message, /^A snapshot cannot hold the events up to number \S+\.$/);
    });
  }

  it('can be the highest that is exact', async () => {
    await fixture.store.saveSnapshot(snapshot(Number.MAX_SAFE_INTEGER));
    const loaded = await fixture.store.loadSnapshot('Books', anyEvent);
    assert.equal(loaded?.sequenceNumber, Number.MAX_SAFE_INTEGER);
  });
});

function snapshot(upTo: number, other: Partial<SnapshotToSave> = {}): SnapshotToSave {
  const sequenceNumber = upTo as SafeSequenceNumber;
  return { projectionType: 'Books', filter: anyEvent, sequenceNumber, data: `{"upTo":${upTo}}`, ...other };
}

async function faultOf(refused: SnapshotToSave): Promise<InvalidOptionError> {
  const error = await fixture.store.saveSnapshot(refused).then(
    () => assert.fail('it was saved'),
    (fault: unknown) => fault,
  );
  assert.ok(error instanceof InvalidOptionError, String(error));
  return error;
}
