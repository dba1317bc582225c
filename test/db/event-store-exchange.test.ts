import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import pg from 'pg';
import { buildEventFilter } from '../../server/eventstore/event-filter-builder.ts';
import { type EventStore, emptyPosition } from '../../server/eventstore/event-store.ts';
import { lockSql, storeSql, unlockedState } from '../../server/eventstore/postgres/append-texts.ts';
import { openPostgresEventStore } from '../../server/eventstore/postgres/open-event-store.ts';
import { storeLife } from '../../server/eventstore/postgres/position.ts';
import { tableNames } from '../../server/eventstore/postgres/table-names.ts';
import { p } from '../../server/eventstore/predicate.ts';
import { event, postgresFixture } from '../contract/event-store-fixture.ts';
import { openTransaction } from './support/open-transaction.ts';
import { withSettings } from './support/with-settings.ts';

const ofA = buildEventFilter().matching().anyEventTypeOf('A').finalize();

describe('On its one connection the event store', () => {
  it('uses a prepared statement again that the database refused before', async () => {
    await using one = await storeWith({});
    const broken = { ...event('A'), payload: '{"a":1e999999}' };
    for (let turn = 0; turn < 3; turn++) {
      await assert.rejects(one.store.append(ofA, await positionIn(one.store), [{ ...broken }]), {
        code: 'invalid_event',
      });
      await one.store.append(ofA, await positionIn(one.store), [event('A')]);
    }
    assert.equal((await one.store.query(ofA)).events.length, 3);
  });

  it('ends a read after the pool’s own query_timeout, and reads on', async () => {
    await using one = await storeWith({ query_timeout: 200 });
    await one.store.append(ofA, emptyPosition, [event('A')]);
    {
      await using holding = await openTransaction(one.url);
      await holding.query('LOCK TABLE events IN ACCESS EXCLUSIVE MODE');
      await assert.rejects(one.store.query(ofA), { code: 'event_store_unavailable', message: /timeout/ });
    }
    assert.equal((await one.store.query(ofA)).events.length, 1);
  });

  it('works beside statements that others prepare on it', async () => {
    await using one = await storeWith({});
    await one.store.append(ofA, emptyPosition, [event('A')]);
    const { rows } = await one.pool.query({ name: 'of_others', text: 'SELECT $1::int AS n', values: [7] });
    assert.deepEqual(rows, [{ n: 7 }]);
    assert.equal((await one.store.query(ofA)).events.length, 1);
    const again = await one.pool.query({ name: 'of_others', text: 'SELECT $1::int AS n', values: [8] });
    assert.deepEqual(again.rows, [{ n: 8 }]);
  });
});

describe('What others do to a connection', () => {
  for (const [what, sql] of [
    ['drops its prepared statements', 'DISCARD ALL'],
    ['changes the table under them', 'ALTER TABLE events ALTER sequence_floor TYPE numeric'],
  ] as const) {
    it(`costs an operation nothing but time: ${what}`, async () => {
      await using one = await storeWith({});
      const { position } = await one.store.append(ofA, emptyPosition, [event('A')]);
      await one.store.query(ofA);
      await one.store.query(ofA);
      await one.pool.query(sql);
      await one.store.append(ofA, position, [event('A')]);
      assert.equal((await one.store.query(ofA)).events.length, 2);
    });
  }

  it('never makes an append part of their transaction', async () => {
    await using one = await storeWith({});
    for (const left of ['BEGIN', 'BEGIN; SELECT 1 / 0']) {
      const client = await one.pool.connect();
      await client.query(left).catch(() => undefined);
      // Answered when the one before is over.
      await client.query('SELECT 1').catch(() => undefined);
      client.release();
      await assert.rejects(one.store.append(ofA, emptyPosition, [event('A')]), {
        code: 'event_store_unavailable',
        message: /transaction was left open/,
      });
    }
    await one.store.append(ofA, emptyPosition, [event('A')]);
    assert.equal((await one.store.query(ofA)).events.length, 1);
  });
});

it('A filter of more conditions than a statement takes is refused, and the connection lives on', async () => {
  await using one = await storeWith({});
  const items = Array.from({ length: 33_000 }, (_, n) => n);
  const filter = items
    .slice(1)
    .reduce(
      (builder, n) =>
        builder
          .orMatching()
          .anyEventTypeOf(`T${n}`)
          .andAnyPredicateOf(p('k', `${n}`)),
      buildEventFilter().matching().anyEventTypeOf('T0').andAnyPredicateOf(p('k', '0')),
    )
    .finalize();
  await assert.rejects(one.store.query(filter), { code: 'invalid_filter', message: /66000 conditions/ });
  assert.equal((await one.store.query(ofA)).events.length, 0);
});

it('A batch is stored whole whatever plan it gets', async () => {
  await using fixture = await postgresFixture();
  const url = withSettings(fixture.url, 'enable_material=off', 'enable_sort=off', 'enable_nestloop=off');
  const pool = new pg.Pool({ connectionString: url, max: 1 });
  pool.on('error', () => undefined);
  try {
    const store = await openPostgresEventStore({ primary: pool });
    const batch = Array.from({ length: 10 }, (_, n) => event('A', { n: `${n}` }));
    const { position } = await store.append(ofA, emptyPosition, batch);
    await store.append(ofA, position, batch);
    const { events } = await store.query(ofA);
    assert.deepEqual(
      events.map(({ payload }) => payload),
      [...batch, ...batch].map(({ payload }) => payload),
    );
  } finally {
    await pool.end();
  }
});

it('A trigger that leaves out events of a batch is told of', async () => {
  await using fixture = await postgresFixture();
  await fixture.pool.query(`
    CREATE FUNCTION leave_out() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN RETURN CASE WHEN NEW.event_type = 'B' THEN NULL ELSE NEW END; END $$;
    CREATE TRIGGER leave_out BEFORE INSERT ON events FOR EACH ROW EXECUTE FUNCTION leave_out()`);
  await assert.rejects(fixture.store.append(ofA, emptyPosition, [event('A'), event('B')]), {
    code: 'event_store_unavailable',
    message: /stored 1 of the 2 events/,
  });
});

it('A pool whose connections send queries ahead of their answers is refused', async () => {
  await using fixture = await postgresFixture();
  const pool = new pg.Pool({ connectionString: fixture.url, pipeline: true } as pg.PoolConfig);
  try {
    for (const options of [{ primary: pool }, { primary: fixture.url, replica: pool }]) {
      await assert.rejects(openPostgresEventStore(options), {
        code: 'invalid_option',
        field: 'replica' in options ? 'replica' : 'primary',
        message: /pipeline/,
      });
    }
  } finally {
    await pool.end();
  }
});

async function storeWith(config: pg.PoolConfig) {
  const fixture = await postgresFixture();
  const pool = new pg.Pool({ ...config, connectionString: fixture.url, max: 1 });
  // Its connection may end with the database.
  pool.on('error', () => undefined);
  const store = await openPostgresEventStore({ primary: pool });
  const dispose = async () => {
    await pool.end();
    await fixture[Symbol.asyncDispose]();
  };
  return { store, pool, url: fixture.url, [Symbol.asyncDispose]: dispose };
}

async function positionIn(store: EventStore) {
  return (await store.query(ofA)).position;
}

describe('The statement that stores an append', () => {
  for (const check of ['usual', 'first', 'any'] as const) {
    it(`refuses to run where the locks are not held: ${check}`, async () => {
      await using fixture = await postgresFixture();
      const { rows } = await fixture.pool.query({
        text: `SELECT ${storeLife(tableNames())}`,
        rowMode: 'array',
      });
      const boundary = check === 'any' ? ['{"items":[]}'] : [['A'], '{"BookID":"1"}', '1'];
      const seen = check === 'first' ? [] : ['5:5:', null, rows[0]?.[0]];
      const values = ['A', 0, '{}', '{}', ...boundary, ...seen];
      const text = storeSql({ check, isSingle: true }, tableNames());
      const client = await fixture.pool.connect();
      try {
        await assert.rejects(client.query(text, values), { code: unlockedState });
        // As behind a pooler that ends the transaction after the first statement.
        await client.query(lockSql(tableNames(), 'as is'), [['2']]);
        await assert.rejects(client.query(text, values), { code: unlockedState });
        await client.query('BEGIN');
        await client.query(lockSql(tableNames(), 'as is'), [['2']]);
        await client.query(text, values);
        await client.query('COMMIT');
      } finally {
        client.release();
      }
    });
  }
});
