import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import pg from 'pg';
import { buildEventFilter } from '../../server/eventstore/event-filter-builder.ts';
import { type EventStore, emptyPosition } from '../../server/eventstore/event-store.ts';
import { countEvents } from '../../server/eventstore/postgres/count-events.ts';
import { importEvents } from '../../server/eventstore/postgres/import-events.ts';
import { openPostgresEventStore } from '../../server/eventstore/postgres/open-event-store.ts';
import { collect, event, type PostgresFixture, postgresFixture } from '../contract/event-store-fixture.ts';
import { query } from './support/query.ts';

// The lists of docs/postgresql-servers.md.
const reading = [
  'GRANT CONNECT ON DATABASE :database TO :role',
  'GRANT USAGE ON SCHEMA public TO :role',
  'GRANT SELECT ON events, snapshots TO :role',
  'GRANT EXECUTE ON FUNCTION eventstore_settled TO :role',
];
const writing = [
  ...reading,
  'GRANT INSERT ON events TO :role',
  'GRANT SELECT ON SEQUENCE events_sequence_number_seq TO :role',
  'GRANT INSERT, UPDATE, DELETE ON snapshots TO :role',
  'GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO :role',
];
const importing = [...writing, 'GRANT TEMPORARY ON DATABASE :database TO :role'];

const filter = buildEventFilter().matching().anyEventTypeOf('Added').finalize();

let fixture: PostgresFixture;
before(async () => {
  fixture = await postgresFixture();
  // What everybody may do by default must not be what makes it work.
  await query(
    fixture.url,
    `REVOKE ALL ON DATABASE ${databaseName()} FROM PUBLIC;
     REVOKE ALL ON SCHEMA public FROM PUBLIC;
     REVOKE ALL ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC`,
  );
  await fixture.store.append(filter, emptyPosition, [event('Added')]);
});
after(() => fixture[Symbol.asyncDispose]());

describe('a role that may write', () => {
  test('can do everything that an application does', async () => {
    await using role = await roleWith(writing);
    await readEverything(role.store);
    const { position, maxSequenceNumber: sequenceNumber } = await role.store.query(filter);
    await role.store.append(filter, position, [event('Added'), event('Added')]);
    await role.store.saveSnapshot({ projectionType: 'Role', filter, sequenceNumber, data: '{}' });
    await role.store.saveSnapshot({ projectionType: 'Role', filter, sequenceNumber, data: '[]' });
    await role.store.deleteSnapshot('Role', filter);
    assert.equal((await role.store.query(filter)).events.length, 3);
  });

  test('can load events in bulk if it may make temporary tables', async () => {
    await using role = await roleWith(importing);
    assert.equal(await importEvents(role.pool, [[event('Imported')]]), 1);
    // Indexes are the owner's to drop, so it comes to the same.
    assert.equal(await importEvents(role.pool, [[event('Imported')]], { alone: { events: 1 } }), 1);
  });

  test('cannot change or remove events', async () => {
    await using role = await roleWith(writing);
    await assert.rejects(role.pool.query("UPDATE events SET event_type = 'Forged'"), { code: '42501' });
    await assert.rejects(role.pool.query('DELETE FROM events'), { code: '42501' });
    await assert.rejects(role.pool.query('TRUNCATE events'), { code: '42501' });
  });
});

describe('a role that may read', () => {
  test('can query, replay, load snapshots and count', async () => {
    await using role = await roleWith(reading);
    await readEverything(role.store);
    assert.equal(await countEvents(role.pool), (await query(fixture.url, 'SELECT FROM events')).length);
  });

  test('knows the newest number to be safe while a transaction that appends nothing stays open', async () => {
    await using role = await roleWith(reading);
    const idle = new pg.Client({ connectionString: fixture.url });
    await idle.connect();
    try {
      await idle.query('BEGIN; SELECT pg_current_xact_id()');
      const { maxSequenceNumber } = await fixture.store.append(filterOf('New'), emptyPosition, [
        event('New'),
      ]);
      assert.equal((await role.store.query(filterOf('New'))).maxSequenceNumber, maxSequenceNumber);
    } finally {
      await idle.end();
    }
  });

  test('is refused an append and a snapshot with advice on privileges', async () => {
    await using role = await roleWith(reading);
    const refusal = {
      code: 'event_store_unavailable',
      message: /permission denied/,
      advice: /may read and write/,
    };
    const { position, maxSequenceNumber: sequenceNumber } = await role.store.query(filter);
    await assert.rejects(role.store.append(filter, position, [event('Added')]), refusal);
    const snapshot = { projectionType: 'Role', filter, sequenceNumber, data: '{}' };
    await assert.rejects(role.store.saveSnapshot(snapshot), refusal);
  });
});

const filterOf = (type: string) => buildEventFilter().matching().anyEventTypeOf(type).finalize();

async function readEverything(store: EventStore): Promise<void> {
  const { events } = await store.query(filter);
  assert.ok(events.length > 0);
  assert.deepEqual((await collect(store.replay(filter))).flat(), events);
  assert.equal(await store.loadSnapshot('Role', filter), undefined);
}

interface Role extends AsyncDisposable {
  readonly pool: pg.Pool;
  readonly store: EventStore;
}

function databaseName(): string {
  return new URL(fixture.url).pathname.slice(1);
}

/** A role that owns nothing and has only these privileges, with a store that it opened. */
async function roleWith(grants: readonly string[]): Promise<Role> {
  const name = `role_${randomBytes(6).toString('hex')}`;
  await query(fixture.url, `CREATE ROLE ${name} LOGIN PASSWORD '${name}'`);
  for (const grant of grants) {
    await query(fixture.url, grant.replace(':role', name).replace(':database', databaseName()));
  }
  const url = new URL(fixture.url);
  url.username = name;
  url.password = name;
  const pool = new pg.Pool({ connectionString: url.href });
  return {
    pool,
    store: await openPostgresEventStore({ primary: pool }),
    [Symbol.asyncDispose]: async () => {
      await pool.end();
      await query(fixture.url, `DROP OWNED BY ${name}; DROP ROLE ${name}`);
    },
  };
}
