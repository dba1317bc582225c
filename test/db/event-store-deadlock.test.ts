import assert from 'node:assert/strict';
import { it } from 'node:test';
import pg from 'pg';
import { buildEventFilter } from '../../server/eventstore/event-filter-builder.ts';
import { openPostgresEventStore } from '../../server/eventstore/postgres/open-event-store.ts';
import { event, postgresFixture } from '../contract/event-store-fixture.ts';
import { gate } from './support/gate.ts';
import { withSettings } from './support/with-settings.ts';

const anyEvent = buildEventFilter().matchingAnyEvent();

it('An append that the database ends because of a deadlock says so, and can be made again', async () => {
  await using fixture = await postgresFixture();
  await fixture.pool.query('CREATE TABLE accounts ()');
  // The store's user has a trigger that takes a lock which another program holds that waits for the events.
  await fixture.pool.query(`
    CREATE FUNCTION lock_accounts() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN LOCK TABLE accounts; RETURN NULL; END $$;
    CREATE TRIGGER z_lock_accounts AFTER INSERT ON events FOR EACH ROW EXECUTE FUNCTION lock_accounts()`);
  await using inside = await gate(fixture.url, { eventType: 'Deadlocked', place: 'after insert' });
  // Whoever has waited for deadlock_timeout looks for a deadlock and is the one that is ended.
  const impatient = new pg.Pool({ connectionString: withSettings(fixture.url, 'deadlock_timeout=20ms') });
  await using _impatient = { [Symbol.asyncDispose]: () => impatient.end() };
  const store = await openPostgresEventStore({ primary: impatient });
  const { position } = await store.query(anyEvent);
  const append = () => store.append(anyEvent, position, [event('Deadlocked')]);

  const other = new pg.Client({ connectionString: withSettings(fixture.url, 'deadlock_timeout=60s') });
  await other.connect();
  await other.query('BEGIN; LOCK TABLE accounts');
  const ended = assert.rejects(append(), {
    name: 'ConcurrencyConflictError',
    code: 'concurrency_conflict',
    message: /^The database rolled the append back .* transaction: deadlock detected\. Nothing was stored\.$/,
    advice: /^Query again, decide again/,
  });
  await inside.reached();
  const locked = other.query('LOCK TABLE events');
  const waiting = "SELECT FROM pg_locks WHERE relation = 'events'::regclass AND NOT granted";
  while ((await fixture.pool.query(waiting)).rowCount === 0);
  await inside.open();
  await ended;
  await locked;
  await other.query('ROLLBACK');
  await other.end();

  assert.deepEqual((await store.query(anyEvent)).events, []);
  await append();
});
