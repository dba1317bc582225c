import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import * as library from '../../server/eventstore.ts';
import { type PackageConsumer, packageConsumer } from './support/package-consumer.ts';
import { testDatabase } from './support/test-database.ts';

let consumer: PackageConsumer;
before(async () => {
  consumer = await packageConsumer();
});
after(() => consumer[Symbol.asyncDispose]());

const guideFile = path.resolve(import.meta.dirname, '../../docs/eventstore.md');
const guide = await readFile(guideFile, 'utf8');
/** The samples of the guide, in their order: one program. */
const samples = [...guide.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, sample = '']) => sample).join('\n');

test('The package holds the library, its declarations, its migrations and its guide, and no sources or tests', () => {
  for (const file of [
    'package.json',
    'dist/eventstore.js',
    'dist/types/eventstore.d.ts',
    'migrations/0001_event-store.sql',
    'docs/eventstore.md',
  ]) {
    assert.ok(consumer.packed.includes(file), file);
  }
  const strangers = consumer.packed.filter(
    (file) => !/^(dist|migrations|docs)\/|^(package\.json|README\.md|LICENSE|CHANGELOG\.md)$/.test(file),
  );
  assert.deepEqual(strangers, []);
});

test('The samples of the guide type-check and print what the guide says', async () => {
  await using database = await testDatabase();
  assert.equal(await consumer.complaints('guide.ts', samples), '');
  const printed = await consumer.run('guide.ts', samples, {
    DATABASE_URL: database.url,
    REPLICA_URL: database.url,
  });
  const promised = [...samples.matchAll(/^console\.log\(.*\); \/\/ (.*)$/gm)].map(
    ([, output = '']) => output,
  );
  assert.ok(promised.length > 10);
  assert.deepEqual(printed.trimEnd().split('\n'), promised);
});

test('The guide lists every error class with its code', () => {
  const listed = [...guide.matchAll(/^\| `(\w+Error)` \| `(\w+)` \|/gm)].map(([, name, code]) => [
    name,
    code,
  ]);
  const exported = Object.entries(library).flatMap(([name, value]) => {
    if (!name.endsWith('Error') || name === 'ProfilerError') return [];
    const Fault = value as unknown as new (...parts: string[]) => library.ProfilerError;
    return [[name, new Fault('x', 'x').code]];
  });
  assert.deepEqual(listed.sort(), exported.sort());
});

test('A program in plain JavaScript with a pg of its own gets the errors of the package', async () => {
  await using database = await testDatabase();
  const source = `
    import { migrateEventStore, openPostgresEventStore, asReadOnly, buildEventFilter, buildStorableEvent,
      ConcurrencyConflictError, emptyPosition, QueryTimeoutError, ReadOnlyEventStoreError, SchemaVersionError,
    } from 'eventstore-profiler/eventstore';
    import pg from 'pg';
    const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 1, statement_timeout: 200 });
    const say = (promise, kind) => promise.then(() => 'nothing', (error) => error instanceof kind);
    console.log(await say(openPostgresEventStore({ primary: pool }), SchemaVersionError));
    console.log((await migrateEventStore({ primary: pool })).length > 0);
    const store = await openPostgresEventStore({ primary: pool });
    const any = buildEventFilter().matchingAnyEvent();
    const events = [buildStorableEvent({ eventType: 'A', occurredAt: new Date(), payload: {} })];
    await store.append(any, emptyPosition, events);
    console.log(await say(store.append(any, emptyPosition, events), ConcurrencyConflictError));
    console.log(await say(asReadOnly(store).append(any, emptyPosition, events), ReadOnlyEventStoreError));
    const locked = new pg.Client(process.env.DATABASE_URL);
    await locked.connect();
    await locked.query('BEGIN; LOCK TABLE events');
    console.log(await say(store.query(any), QueryTimeoutError));
    console.log(await say(store.append(any, emptyPosition, events), QueryTimeoutError));
    await locked.end();
    await store.close();
    await pool.end();
  `;
  const printed = await consumer.run('program.mjs', source, { DATABASE_URL: database.url });
  assert.equal(printed, 'true\n'.repeat(6));
});

for (const [what, source, complaint] of [
  [
    'append through a store for reading',
    'const reader = asReadOnly(store); reader.append(filter, emptyPosition, []);',
    /Property 'append' does not exist on type 'ReadOnlyEventStore'/,
  ],
  [
    'append with a number instead of a position',
    'const { maxSequenceNumber } = await store.query(filter); store.append(filter, maxSequenceNumber, []);',
    /is not assignable to parameter of type 'Position'/,
  ],
  [
    'a snapshot at the number of the last event',
    `const { events: [last] } = await store.query(filter);
     if (last) store.saveSnapshot({ projectionType: 'P', filter, sequenceNumber: last.sequenceNumber, data: '' });`,
    /Type 'SequenceNumber' is not assignable to type 'SafeSequenceNumber'/,
  ],
  [
    'time bounds and a sequence bound in one filter',
    'buildEventFilter().occurredFrom(new Date()).withSequenceNumberHigherThan(1);',
    /Property 'withSequenceNumberHigherThan' does not exist/,
  ],
] as const) {
  test(`It does not compile: ${what}`, async () => {
    const complaints = await consumer.complaints(
      'wrong.ts',
      `import { asReadOnly, buildEventFilter, emptyPosition, openPostgresEventStore } from 'eventstore-profiler/eventstore';
       const store = await openPostgresEventStore({ primary: 'postgres://127.0.0.1/x' });
       const filter = buildEventFilter().matchingAnyEvent();
       void asReadOnly; void emptyPosition;
       ${source}`,
    );
    assert.match(complaints, complaint);
    assert.equal(complaints.match(/error TS/g)?.length, 1, complaints);
  });
}

test('The declarations carry the documentation, and name files that are there', async () => {
  const types = path.join(consumer.path, 'node_modules/eventstore-profiler/dist/types');
  const eventStore = await readFile(path.join(types, 'eventstore/event-store.d.ts'), 'utf8');
  assert.match(eventStore, /\* @throws ConcurrencyConflictError when an event matches the filter/);
  const entry = await readFile(path.join(types, 'eventstore.d.ts'), 'utf8');
  const named = [...entry.matchAll(/from '(\.[^']+)'/g)].map(([, name = '']) => name);
  assert.ok(named.length > 5);
  for (const name of named) await readFile(path.join(types, name.replace(/\.js$/, '.d.ts')), 'utf8');
});

test('Nothing but its two exports can be imported from the package', async () => {
  const source = `
    for (const name of ['eventstore-profiler', 'eventstore-profiler/dist/cli.js', 'eventstore-profiler/package.json'])
      console.log(await import(name, name.endsWith('.json') ? { with: { type: 'json' } } : {}).then(() => 'there', ({ code }) => code));
  `;
  assert.deepEqual((await consumer.run('deep.mjs', source, {})).trimEnd().split('\n'), [
    'there',
    'ERR_PACKAGE_PATH_NOT_EXPORTED',
    'there',
  ]);
});
