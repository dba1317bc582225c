import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { after, before, describe, it } from 'node:test';
import pg from 'pg';
import { buildEventFilter } from '../../server/eventstore/event-filter-builder.ts';
import { openPostgresEventStore } from '../../server/eventstore/postgres/open-event-store.ts';
import { p } from '../../server/eventstore/predicate.ts';
import { collect, event, type PostgresFixture, postgresFixture } from '../contract/event-store-fixture.ts';
import { becomesWhole } from './support/until.ts';

const ofBook = buildEventFilter().matching().anyPredicateOf(p('BookID', 'killed')).finalize();
const unavailable = { code: 'event_store_unavailable', message: /terminating connection/ };

let fixture: PostgresFixture;
before(async () => {
  fixture = await postgresFixture();
});
after(() => fixture[Symbol.asyncDispose]());

// Without a listener for its errors the connection would end the process.
describe('a connection that the server ends as soon as it is there', () => {
  it('fails what waits for it, and nothing else', async () => {
    await using relay = await killingRelay(fixture.url);
    const pool = new pg.Pool({ connectionString: relay.url, maxUses: 1 });
    const store = await openPostgresEventStore({ primary: pool });
    const { position } = await store.query(ofBook);
    relay.kill(true);
    await assert.rejects(store.query(ofBook), unavailable);
    await assert.rejects(store.query(ofBook, { timeoutMs: 10_000 }), unavailable);
    await assert.rejects(collect(store.replay(ofBook)), unavailable);
    // Nothing was sent yet, so the outcome is known.
    await assert.rejects(store.append(ofBook, position, [event('Lent', { BookID: 'killed' })]), unavailable);
    await assert.rejects(openPostgresEventStore({ primary: pool }), unavailable);
    relay.kill(false);
    await becomesWhole(pool);
    await store.append(ofBook, position, [event('Lent', { BookID: 'killed' })]);
    await pool.end();
  });
});

interface Relay extends AsyncDisposable {
  readonly url: string;
  /** Whether connections from now on are ended by the message with which the server says that they are ready. */
  kill(isKilling: boolean): void;
}

/** Stands between a client and a PostgreSQL. */
async function killingRelay(url: string): Promise<Relay> {
  const target = new URL(url);
  let isKilling = false;
  const relay = createServer((client) => {
    const server = connect(Number(target.port), target.hostname);
    const isKilled = isKilling;
    client.on('error', () => server.destroy()).pipe(server);
    server.on('error', () => client.destroy()).on('close', () => client.resume().end());
    server.on('data', (answer) => {
      const isReady = isKilled && answer.includes(readyForQuery);
      client.write(isReady ? Buffer.concat([answer, termination()]) : answer);
      if (isReady) server.destroy();
    });
  });
  relay.listen(0, '127.0.0.1');
  await once(relay, 'listening');
  const own = new URL(url);
  const address = relay.address();
  own.host = `127.0.0.1:${typeof address === 'object' && address ? address.port : ''}`;
  return {
    url: own.href,
    kill: (on) => {
      isKilling = on;
    },
    async [Symbol.asyncDispose]() {
      relay.close();
      await once(relay, 'close');
    },
  };
}

// https://www.postgresql.org/docs/current/protocol-message-formats.html
const readyForQuery = Buffer.from('Z\0\0\0\x05I', 'latin1');

function termination(): Buffer {
  const fields = [
    'SFATAL',
    'VFATAL',
    'C57P01',
    'Mterminating connection due to administrator command',
    '',
    '',
  ];
  const body = Buffer.from(fields.join('\0'), 'latin1');
  const head = Buffer.from('E\0\0\0\0', 'latin1');
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}
