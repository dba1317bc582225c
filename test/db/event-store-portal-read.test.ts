import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import pg from 'pg';
import { buildEventFilter } from '../../server/eventstore/event-filter-builder.ts';
import { emptyPosition } from '../../server/eventstore/event-store.ts';
import { openPostgresEventStore } from '../../server/eventstore/postgres/open-event-store.ts';
import { PortalRead } from '../../server/eventstore/postgres/portal-read.ts';
import { collect, event, type PostgresFixture, postgresFixture } from '../contract/event-store-fixture.ts';

const anyEvent = buildEventFilter().matchingAnyEvent();
const stored = 30;

let fixture: PostgresFixture;
before(async () => {
  fixture = await postgresFixture();
  const events = Array.from({ length: stored }, (_, n) => event('A', { n }));
  await fixture.store.append(anyEvent, emptyPosition, events);
});
after(() => fixture[Symbol.asyncDispose]());

describe('reading an open cursor by the messages of the protocol', () => {
  let client: pg.Client;
  beforeEach(async () => {
    client = await connected();
    await client.query(
      'BEGIN; DECLARE numbers CURSOR FOR SELECT n, NULL, n::text || $$ü$$ FROM generate_series(1, 5) AS n',
    );
  });
  afterEach(() => client.end());
  const next = (count: number) => client.query(new PortalRead<(string | null)[]>('numbers', count)).rows;

  it('gives as many rows as asked for, then the rest, then none', async () => {
    assert.deepEqual(await next(2), [row(1), row(2)]);
    assert.deepEqual(await next(3), [row(3), row(4), row(5)]);
    assert.deepEqual(await next(2), []);
    assert.deepEqual(await next(2), []);
  });

  it('goes on where FETCH stopped, and leaves the connection to other queries', async () => {
    await client.query('FETCH 1 FROM numbers');
    assert.deepEqual(await next(1), [row(2)]);
    const { rows } = await client.query('FETCH 1 FROM numbers');
    assert.equal(rows[0].n, 3);
    assert.deepEqual(await next(9), [row(4), row(5)]);
    await client.query('COMMIT');
  });

  it('fails as the database says, and the connection lives on', async () => {
    await assert.rejects(client.query(new PortalRead('letters', 2)).rows, { code: '34000' });
    await client.query('ROLLBACK');
    assert.equal((await client.query('SELECT 1 AS one')).rows[0].one, 1);
  });

  it('fails when a row cannot be made, after others could', async () => {
    await client.query('DECLARE quotients CURSOR FOR SELECT 1 / (3 - n) FROM generate_series(1, 5) AS n');
    await assert.rejects(client.query(new PortalRead('quotients', 5)).rows, { code: '22012' });
    await client.query('ROLLBACK');
  });

  it('fails when the connection is lost', async () => {
    const lost = new Promise((resolve) => client.once('error', resolve));
    const coming = next(5);
    client.connection.stream.destroy();
    await assert.rejects(coming, { message: 'Connection terminated unexpectedly' });
    await lost;
  });
});

describe('a replay', () => {
  it('on connections with a time limit of their own leaves no timer behind', async () => {
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const before = timers();
    await replayedBy({ query_timeout: 600_000, idleTimeoutMillis: 0 });
    assert.equal(timers(), before);
  });
});

async function replayedBy(settings: pg.PoolConfig): Promise<void> {
  const pool = new pg.Pool({ connectionString: fixture.url, max: 1, ...settings });
  try {
    const store = await openPostgresEventStore({ primary: pool });
    const { events } = await fixture.store.query(anyEvent);
    for (const batchSize of [100, stored, 7, 1]) {
      const batches = await collect(store.replay(anyEvent, { batchSize }));
      assert.deepEqual(batches.flat(), events);
      assert.equal(batches.length, Math.ceil(stored / batchSize));
    }
  } finally {
    await pool.end();
  }
}

function row(n: number): (string | null)[] {
  return [`${n}`, null, `${n}ü`];
}

async function connected(): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: fixture.url });
  await client.connect();
  return client;
}
