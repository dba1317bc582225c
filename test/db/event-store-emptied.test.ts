import assert from 'node:assert/strict';
import { it } from 'node:test';
import { buildEventFilter } from '../../server/eventstore/event-filter-builder.ts';
import { emptyPosition } from '../../server/eventstore/event-store.ts';
import { event, type PostgresFixture, postgresFixture } from '../contract/event-store-fixture.ts';
import { openTransaction } from './support/open-transaction.ts';

const anyEvent = buildEventFilter().matchingAnyEvent();
const ofType = (type: string) => buildEventFilter().matching().anyEventTypeOf(type).finalize();

for (const [how, sql] of [
  ['TRUNCATE … RESTART IDENTITY', 'TRUNCATE events, snapshots RESTART IDENTITY'],
  [
    'DELETE and ALTER SEQUENCE … RESTART',
    'DELETE FROM events; ALTER SEQUENCE events_sequence_number_seq RESTART',
  ],
  ['TRUNCATE', 'TRUNCATE events'],
] as const) {
  it(`A store that is open while ${how} empties it tells numbers that are safe to go on from`, async () => {
    await using fixture = await postgresFixture();
    for (let n = 0; n < 20; n++) await append(fixture, `Before ${n}`);
    await fixture.pool.query(sql);
    await append(fixture, 'First');
    await using held = await openTransaction(fixture.url);
    await held.store.append(ofType('Held'), emptyPosition, [event('Held')]);
    await append(fixture, 'Higher');

    const { events, maxSequenceNumber } = await fixture.store.query(anyEvent);
    assert.deepEqual(
      events.map(({ eventType }) => eventType),
      ['First', 'Higher'],
    );
    assert.ok(maxSequenceNumber < (events.at(-1)?.sequenceNumber ?? 0) - 1, `${maxSequenceNumber}`);
    await held.commit();
    const rest = await fixture.store.query(
      anyEvent.reopenForSequenceFiltering().withSequenceNumberHigherThan(maxSequenceNumber),
    );
    assert.deepEqual(rest.events.map(({ eventType }) => eventType).slice(-2), ['Held', 'Higher']);
  });
}
it('A decision made before numbers began anew is a conflict, for what it was decided on is gone', async () => {
  await using fixture = await postgresFixture();
  await append(fixture, 'A');
  const { position } = await fixture.store.query(ofType('A'));
  await fixture.pool.query('TRUNCATE events, snapshots RESTART IDENTITY');
  await assert.rejects(fixture.store.append(ofType('A'), position, [event('A')]), {
    code: 'concurrency_conflict',
  });
  await append(fixture, 'A');
});

function append({ store }: PostgresFixture, type: string) {
  return store.append(ofType(type), emptyPosition, [event(type)]);
}
