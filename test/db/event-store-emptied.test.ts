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

it('An append that begins while the store is being emptied leaves no floor behind from before', async () => {
  await using fixture = await postgresFixture();
  for (let n = 0; n < 20; n++) await append(fixture, `Before ${n}`);
  await using emptying = await openTransaction(fixture.url);
  await emptying.query('TRUNCATE events, snapshots RESTART IDENTITY');
  const appended = fixture.store.append(ofType('A'), emptyPosition, [event('A')]);
  await somebodyWaits(fixture);
  await emptying.commit();
  await appended;
  assert.deepEqual(await floors(fixture), [{ sequence_number: '1', sequence_floor: '0' }]);
});

it('Numbers do not begin anew between the floor of an append and its insert', async () => {
  await using fixture = await postgresFixture();
  for (const sql of [
    'TRUNCATE events RESTART IDENTITY',
    'ALTER SEQUENCE events_sequence_number_seq RESTART',
  ]) {
    await append(fixture, sql);
    await using appending = await openTransaction(fixture.url);
    // As an append does: the lock that it takes on the sequence is held to the end of the transaction.
    await appending.query("SELECT pg_sequence_last_value('events_sequence_number_seq'::regclass)");
    const restarted = fixture.pool.query(sql);
    await somebodyWaits(fixture);
    await appending.commit();
    await restarted;
  }
});

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

async function somebodyWaits({ pool }: PostgresFixture): Promise<void> {
  const waiting =
    'SELECT FROM pg_locks WHERE NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())';
  while ((await pool.query(waiting)).rowCount === 0);
}

async function floors({ pool }: PostgresFixture): Promise<unknown[]> {
  return (await pool.query('SELECT sequence_number, sequence_floor FROM events')).rows;
}
