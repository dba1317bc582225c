import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, it } from 'node:test';
import { startEmbeddedPostgres } from '../../server/database/embedded/embedded-postgres.ts';
import { buildEventFilter } from '../../server/eventstore/event-filter-builder.ts';
import { emptyPosition } from '../../server/eventstore/event-store.ts';
import { migrateEventStore } from '../../server/eventstore/postgres/migrate-event-store.ts';
import { p } from '../../server/eventstore/predicate.ts';
import { event } from '../contract/event-store-fixture.ts';
import { gate } from './support/gate.ts';
import { unavailable, unknownOutcome } from './support/loss-faults.ts';
import { databaseProxy } from './support/proxy.ts';
import { storeBehind } from './support/store-behind.ts';
import { temporaryDirectory } from './support/temporary-directory.ts';
import { becomesWhole } from './support/until.ts';

const ofBook = (id: string) => buildEventFilter().matching().anyPredicateOf(p('BookID', id)).finalize();

describe('a server that is killed', { timeout: 120_000 }, () => {
  it('during a commit has lost the events, and after a commit kept them; the caller is told to look both times', async () => {
    await using place = await temporaryDirectory();
    const start = () =>
      startEmbeddedPostgres({ dataDirectory: path.join(place.path, 'data'), log: () => undefined });
    let server = await start();
    await using _stop = { [Symbol.asyncDispose]: () => server.stop() };
    const kill = async () => {
      process.kill(server.pid, 'SIGKILL');
      await server.exited;
    };
    await migrateEventStore({ primary: server.connectionString });
    await using between = await databaseProxy(server.connectionString);
    await using behind = await storeBehind(between);
    const own = behind.store;
    await own.append(ofBook('before'), emptyPosition, [event('Added', { BookID: 'before' })]);

    const commits = await gate(server.connectionString, { eventType: 'Gated', place: 'at commit' });
    const during = assert.rejects(
      own.append(ofBook('during'), emptyPosition, [event('Gated', { BookID: 'during' })]),
      unknownOutcome,
    );
    await commits.reached();
    await kill();
    await during;
    await commits.open();

    await assert.rejects(own.query(ofBook('during')), unavailable);
    server = await start();
    between.restore(server.connectionString);
    assert.deepEqual((await own.query(ofBook('during'))).events, []);

    const { position } = await own.query(ofBook('after'));
    between.holdAnswers();
    const afterwards = assert.rejects(
      own.append(ofBook('after'), position, [event('Added', { BookID: 'after' })]),
      unknownOutcome,
    );
    await between.answerHeld();
    await kill();
    between.cut();
    await afterwards;

    server = await start();
    between.restore(server.connectionString);
    for (const id of ['before', 'after']) assert.equal((await own.query(ofBook(id))).events.length, 1, id);
    await assert.rejects(own.append(ofBook('after'), position, [event('Added')]), {
      code: 'concurrency_conflict',
    });
    await becomesWhole(behind.pool);
  });
});
