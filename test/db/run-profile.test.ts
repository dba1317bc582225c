import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import * as z from 'zod';
import { type OperationTrace, operationTraceSchema } from '../../server/protocol/operation-trace.ts';
import { decodeProfile } from '../../server/protocol/profile/decode-profile.ts';
import type { Run, RunEvent } from '../../server/protocol/run.ts';
import { ServerRequestError } from '../../server/protocol/server-request-error.ts';
import { profilerServer } from './support/profiler-server.ts';
import { query } from './support/query.ts';
import { servedLibrary } from './support/served-library.ts';
import { temporaryDirectory } from './support/temporary-directory.ts';
import { testDatabase } from './support/test-database.ts';

const library = await servedLibrary(3_000);
after(() => library[Symbol.asyncDispose]());
const { client, database } = library;

const endless = { kind: 'profile', handler: 'BooksInCirculation', iterations: 1_000_000 } as const;

async function eventsOf(id: string): Promise<RunEvent[]> {
  const events: RunEvent[] = [];
  for await (const event of client.followRun(id)) events.push(event);
  return events;
}

async function over(id: string): Promise<Run> {
  const last = (await eventsOf(id)).at(-1);
  if (last?.type !== 'done') throw new Error('The run has no end');
  return last.run;
}

async function working(id: string): Promise<void> {
  for await (const event of client.followRun(id))
    if (event.type === 'progress' && event.step.startsWith('Profiling')) return;
}

function connectionsOf(id: string): Promise<unknown[]> {
  return query(database.url, `SELECT pid FROM pg_stat_activity WHERE application_name LIKE '%${id}'`);
}

for (const snapshots of ['stored', 'warm'] as const) {
  test(`A profile run with snapshots ${snapshots} shows executions that go on from kept states`, async () => {
    const request = { kind: 'profile', handler: 'BooksInCirculation', iterations: 10, snapshots } as const;
    const { id } = await client.createRun(request);
    await over(id);
    const result = await client.result(id);
    assert.ok(result.kind === 'profile');
    assert.deepEqual(result.snapshotUses, { [snapshots]: 10 });
    // The last event that the state holds is read again, to tell whether this is the same history; it is none of these.
    assert.equal(result.eventsReadPerOperation, 0);
    assert.deepEqual([result.snapshots, result.input], [snapshots, undefined]);
    const loads = result.phases.filter(
      ({ phase }) => phase === 'snapshot_load' || phase === 'snapshot_decode',
    );
    assert.equal(loads.length, snapshots === 'stored' ? 2 : 0);
    const saved = await query(database.url, "SELECT FROM snapshots WHERE projection_type LIKE 'BooksIn%'");
    assert.equal(saved.length, 1);
  });
}

test('A profile run with snapshots deletes those that nobody has brought up to date for a month', async () => {
  await query(
    database.url,
    `INSERT INTO snapshots (projection_type, filter_hash, sequence_number, snapshot_data, checksum, created_at)
     VALUES ('Old v1', 'a', 1, '1', '', now() - interval '31 days'), ('New v1', 'a', 1, '1', '', now() - interval '29 days')`,
  );
  const left = () =>
    query(database.url, "SELECT projection_type AS type FROM snapshots WHERE filter_hash = 'a' ORDER BY 1");
  const request = { kind: 'profile', handler: 'BooksInCirculation', iterations: 1 } as const;
  await over((await client.createRun(request)).id);
  assert.deepEqual(await left(), [{ type: 'New v1' }, { type: 'Old v1' }], 'not without snapshots');
  await over((await client.createRun({ ...request, snapshots: 'warm' })).id);
  assert.deepEqual(await left(), [{ type: 'New v1' }]);
});

test('A profile run of a query handler gives a profile whose phases account for its time', async () => {
  // Enough that every function of a millisecond's work is met by samples, however far apart they are.
  const iterations = 100;
  const { id } = await client.createRun({ kind: 'profile', handler: 'BooksInCirculation', iterations });
  const steps = (await eventsOf(id)).flatMap((event) => (event.type === 'progress' ? event.step : []));
  assert.deepEqual(
    [...new Set(steps)],
    ['Warming up', 'Profiling BooksInCirculation', 'Reading the profile'],
  );
  const result = await client.result(id);
  assert.ok(result.kind === 'profile');
  assert.deepEqual(result.outcomes, { answered: iterations });
  assert.ok(result.eventsReadPerOperation > 1000);
  assert.ok(result.phases.some(({ phase }) => phase === 'unattributed'));
  for (const phase of ['sql_execute', 'unmarshal', 'project'])
    assert.ok(
      result.phases.some((total) => total.phase === phase && total.share > 0.01),
      phase,
    );

  const profile = decodeProfile(await client.profile(id));
  assert.equal(profile.operations.length, iterations);
  assert.equal(profile.nodes.length, result.nodes);
  const sources = profile.strings.filter((text) => text.endsWith('books-in-circulation/project.ts'));
  assert.equal(sources.length, 1);
  const standard = JSON.parse(new TextDecoder().decode(await client.artifact(id, 'profile.cpuprofile')));
  assert.equal(standard.samples.length, standard.timeDeltas.length);
  const { operations } = z
    .object({ operations: z.array(operationTraceSchema) })
    .parse(standard.$eventstoreProfiler);
  // The median: on a busy machine single operations are interrupted between two phases.
  const unattributed = operations.map(unattributedShare).toSorted((a, b) => a - b)[iterations / 2] ?? 1;
  assert.ok(unattributed >= 0 && unattributed <= 0.02, `unattributed: ${unattributed}`);
});

function unattributedShare({ phases, durationMicros }: OperationTrace): number {
  return 1 - phases.reduce((micros, phase) => micros + phase.durationMicros, 0) / durationMicros;
}

test('A profile run of a command handler really appends', async () => {
  const [before] = await query(database.url, 'SELECT count(*)::int AS events FROM events');
  const { id } = await client.createRun({
    kind: 'profile',
    handler: 'AddBookCopyToCirculation',
    iterations: 10,
  });
  await over(id);
  const result = await client.result(id);
  assert.deepEqual(result.kind === 'profile' && result.outcomes, { accepted: 10 });
  const [afterwards] = await query(database.url, 'SELECT count(*)::int AS events FROM events');
  // Ten, and the one that warms up.
  assert.deepEqual(afterwards, { events: (before as { events: number }).events + 11 });
});

test('A profile of lending chooses readers and books that are there, and every one is lent', async () => {
  const { id } = await client.createRun({ kind: 'profile', handler: 'LendBookCopyToReader', iterations: 10 });
  const steps = (await eventsOf(id)).flatMap((event) => (event.type === 'progress' ? event.step : []));
  assert.ok(steps.includes('Reading the library for inputs'), steps.join());
  const result = await client.result(id);
  assert.deepEqual(result.kind === 'profile' && result.outcomes, { accepted: 10 });
});

test('A profile with an input of its own executes the handler with that one', async () => {
  const input = { readerID: 'somebody', name: 'Somebody' };
  const { id } = await client.createRun({ kind: 'profile', handler: 'RegisterReader', iterations: 3, input });
  assert.equal((await over(id)).state, 'succeeded');
  const result = await client.result(id);
  // The one that warms up has registered them already.
  assert.deepEqual(result.kind === 'profile' && result.outcomes, { idempotent: 3 });
});

test('An input that is none of the handler is refused before a run, naming the field', async () => {
  const input = { readerID: 'ada' };
  await assert.rejects(
    client.createRun({ kind: 'profile', handler: 'LendBookCopyToReader', input }),
    (error) =>
      error instanceof ServerRequestError &&
      error.status === 400 &&
      error.field === 'input.bookID' &&
      /bookID of LendBookCopyToReader must be text/.test(error.message),
  );
});

test('A cancelled run is over at once and its connection is free', async () => {
  const { id } = await client.createRun(endless);
  await working(id);
  assert.equal((await connectionsOf(id)).length, 1);
  const start = performance.now();
  const run = await client.cancelRun(id);
  assert.equal(run.state, 'cancelled');
  // PostgreSQL notices within a quarter of a second that the other side is gone.
  while ((await connectionsOf(id)).length > 0) await delay(20);
  // Half a second and what a busy machine adds; the run itself would take an hour.
  const milliseconds = performance.now() - start;
  assert.ok(milliseconds < 10_000, `${milliseconds} ms`);
});

test('A client that goes away in the middle ends nothing: the run goes on and its result is kept', async () => {
  const { id } = await client.createRun({ ...endless, iterations: 30 });
  const gone = new AbortController();
  await assert.rejects(async () => {
    for await (const _ of client.followRun(id, { signal: gone.signal })) gone.abort(new Error('tab closed'));
  }, /tab closed/);
  assert.equal((await over(id)).state, 'succeeded');
  assert.equal((await client.result(id)).kind, 'profile');
});

test('An unknown handler is refused with the name of the nearest', async () => {
  await assert.rejects(
    client.createRun({ kind: 'profile', handler: 'BookInCirculation' }),
    (error) =>
      error instanceof ServerRequestError &&
      error.status === 400 &&
      error.field === 'handler' &&
      /Did you mean "BooksInCirculation"\?/.test(error.message),
  );
});

test('A store that holds events is not filled again', async () => {
  const { id } = await client.createRun({ kind: 'seed', events: 100 });
  const run = await over(id);
  assert.deepEqual([run.state, run.error?.code], ['failed', 'store_not_empty']);
});

test('A seed that is cancelled leaves the store as it was', async () => {
  await using empty = await testDatabase();
  await using place = await temporaryDirectory();
  await using other = profilerServer(place.path, { args: ['--database-url', empty.url] });
  const otherClient = await other.ready;
  const { id } = await otherClient.createRun({ kind: 'seed', events: 500_000 });
  for await (const event of otherClient.followRun(id)) if (event.type === 'progress' && event.done > 0) break;
  assert.equal((await otherClient.cancelRun(id)).state, 'cancelled');
  assert.deepEqual(await query(empty.url, 'SELECT count(*)::int AS events FROM events'), [{ events: 0 }]);
  const again = await otherClient.createRun({ kind: 'seed', events: 200 });
  for await (const event of otherClient.followRun(again.id))
    if (event.type === 'done') assert.equal(event.run.state, 'succeeded');
});

test('The same seed gives the same events', async () => {
  const stores = await Promise.all([1, 2].map(async () => await seeded(7)));
  assert.deepEqual(stores[0], stores[1]);
  assert.notDeepEqual(stores[0], await seeded(8));
});

async function seeded(seed: number): Promise<unknown[]> {
  await using store = await testDatabase();
  await using place = await temporaryDirectory();
  const args = ['--database-url', store.url, '--events', '200', '--seed', String(seed)];
  await using filled = profilerServer(place.path, { args });
  await filled.ready;
  return await query(
    store.url,
    'SELECT event_type, occurred_at, payload::text FROM events ORDER BY sequence_number',
  );
}
