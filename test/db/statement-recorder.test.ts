import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { afterEach, before, beforeEach, test } from 'node:test';
import pg from 'pg';
import { buildEventFilter } from '../../server/eventstore/event-filter-builder.ts';
import { systemClock } from '../../server/lib/clock.ts';
import { type StatementExecution, textKey } from '../../server/profiling/statements/sent-statement.ts';
import { StatementRecorder } from '../../server/profiling/statements/statement-recorder.ts';
import { event, postgresFixture } from '../contract/event-store-fixture.ts';
import { query } from './support/query.ts';
import { type TestDatabase, testDatabase } from './support/test-database.ts';

const require = createRequire(import.meta.url);

let database: TestDatabase;
let recorder: StatementRecorder;

before(async () => {
  database = await testDatabase();
});

beforeEach(() => {
  recorder = new StatementRecorder(systemClock, pg);
});

afterEach(() => recorder[Symbol.dispose]());

process.on('exit', () => void database?.[Symbol.asyncDispose]());

interface Told {
  readonly operation: number;
  readonly text: string;
  readonly rows: number;
}

function told({ operation, texts, rows }: StatementExecution): Told {
  return { operation, text: textKey(texts), rows };
}

function valuesOf(text: string): readonly unknown[] {
  return recorder.recorded.slowest.get(text)?.statements.flatMap(({ values }) => values) ?? [];
}

const executions = () => recorder.recorded.executions;

async function withClient<T>(work: (client: pg.Client) => Promise<T>, Client = pg.Client): Promise<T> {
  const client = new Client({ connectionString: database.url });
  await client.connect();
  try {
    return await recorder.ofOperation(7, () => work(client));
  } finally {
    await client.end();
  }
}

test('every form of a call is told with its text, values and rows, and answers what it did', async () => {
  await withClient(async (client) => {
    await client.query('SELECT 1');
    await client.query('SELECT * FROM generate_series(1, $1::int)', [3]);
    await client.query({ text: 'SELECT $1::text', values: ['a'], rowMode: 'array' });
    await client.query({ name: 'named', text: 'SELECT $1::int', values: [4] });
    await client.query({ name: 'named', text: 'SELECT $1::int', values: [5] });
    const { promise, resolve } = Promise.withResolvers<unknown>();
    client.query('SELECT $1::int AS n', [6], (_error, result) => resolve(result.rows));
    assert.deepEqual(await promise, [{ n: 6 }]);
    const submitted = client.query(new pg.Query('SELECT 8'));
    await new Promise((resolve) => submitted.on('end', resolve));
    await client.query('CREATE TEMP TABLE t (n int); INSERT INTO t VALUES (1), (2); UPDATE t SET n = 3');
  });
  assert.deepEqual(executions().map(told), [
    { operation: 7, text: 'SELECT 1', rows: 1 },
    { operation: 7, text: 'SELECT * FROM generate_series(1, $1::int)', rows: 3 },
    { operation: 7, text: 'SELECT $1::text', rows: 1 },
    { operation: 7, text: 'SELECT $1::int', rows: 1 },
    { operation: 7, text: 'SELECT $1::int', rows: 1 },
    { operation: 7, text: 'SELECT $1::int AS n', rows: 1 },
    { operation: 7, text: 'SELECT 8', rows: 1 },
    {
      operation: 7,
      text: 'CREATE TEMP TABLE t (n int); INSERT INTO t VALUES (1), (2); UPDATE t SET n = 3',

      rows: 4,
    },
  ]);
  assert.deepEqual(valuesOf('SELECT * FROM generate_series(1, $1::int)'), [3]);
  assert.deepEqual(valuesOf('SELECT $1::text'), ['a']);
});

test('a statement that fails is told as one, and its fault is thrown on', async () => {
  await withClient(async (client) => {
    await assert.rejects(client.query('SELECT 1 / 0'), { code: '22012' });
    await client.query('SELECT 2');
  });
  assert.deepEqual(
    executions().map(({ isFailed }) => isFailed),
    [true, false],
  );
});

test('rows of statements whose class extends the one of pg count once', async () => {
  class LoudQuery extends pg.Query {
    handleCommandComplete(message: unknown, connection: unknown): void {
      const { handleCommandComplete } = Object.getPrototypeOf(LoudQuery.prototype);
      Reflect.apply(handleCommandComplete, this, [message, connection]);
    }
  }
  await withClient(async (client) => {
    await client.query('SELECT 1');
    const submitted = client.query(new LoudQuery('SELECT * FROM generate_series(1, 5)'));
    await new Promise((resolve) => submitted.on('end', resolve));
  });
  assert.deepEqual(
    executions().map(({ rows }) => rows),
    [1, 5],
  );
});

test('the classes of pg are as they were when the last recording is over', async () => {
  recorder[Symbol.dispose]();
  const methodsOf = (subject: object) => Object.entries(Object.getOwnPropertyDescriptors(subject));
  const before = methodsOf(pg.Query.prototype);
  const [one, other] = [new StatementRecorder(systemClock, pg), new StatementRecorder(systemClock, pg)];
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await one.ofOperation(1, () => other.ofOperation(1, () => client.query('SELECT 1')));
  one[Symbol.dispose]();
  await other.ofOperation(2, () => client.query('SELECT 2'));
  assert.equal(other.recorded.executions.at(-1)?.operation, 2);
  other[Symbol.dispose]();
  await client.end();
  assert.deepEqual(methodsOf(pg.Query.prototype), before);
});

test('nothing is told outside of operations, or when the recording is over', async () => {
  await withClient(async () => undefined);
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await client.query('SELECT 1');
  recorder[Symbol.dispose]();
  await recorder.ofOperation(1, () => client.query('SELECT 2'));
  await client.end();
  assert.deepEqual(executions(), []);
});

const copies: readonly (readonly [name: string, load: () => typeof pg])[] = [
  ['pg', () => require('pg')],
  ['pg 8.0', () => require('pg-8-0')],
];

for (const [name, load] of copies) {
  test(`a copy of ${name} that the program requires is found, also one that was loaded before`, async () => {
    const { Client, Pool } = load();
    await withClient((client) => client.query('SELECT 41'), Client);
    const pool = new Pool({ connectionString: database.url });
    await recorder.ofOperation(2, () => pool.query('SELECT $1::int', [42]));
    await pool.end();
    assert.deepEqual(executions().map(told), [
      { operation: 7, text: 'SELECT 41', rows: 1 },
      { operation: 2, text: 'SELECT $1::int', rows: 1 },
    ]);
    assert.equal(recorder.recorded.acquisitions.length, 1);
  });
}

test('with one connection for many operations, each statement is told of the one that asked for it', async () => {
  const pool = new pg.Pool({ connectionString: database.url, max: 1 });
  const wanted = Array.from({ length: 20 }, (_, operation) => operation);
  await Promise.all(
    wanted.map((operation) =>
      recorder.ofOperation(operation, async () => {
        await pool.query(`SELECT ${operation}`);
        const client = await pool.connect();
        await Promise.all([client.query(`SELECT ${operation} + 1`), client.query(`SELECT ${operation} + 2`)]);
        client.release();
      }),
    ),
  );
  await pool.end();
  assert.equal(executions().length, 60);
  for (const { operation, text } of executions().map(told)) {
    assert.match(text, new RegExp(`^SELECT ${operation}( |$)`));
  }
  for (const operation of wanted) {
    const ofIt = executions().filter((execution) => execution.operation === operation);
    assert.equal(ofIt.length, 3, `operation ${operation}`);
  }
  const acquired = recorder.recorded.acquisitions.map(({ operation }) => operation).sort((a, b) => a - b);
  assert.deepEqual(
    acquired,
    wanted.flatMap((operation) => [operation, operation]),
  );
});

test('a statement that waits behind another one on its connection begins when it is sent', async () => {
  await withClient(async (client) => {
    await Promise.all([client.query('SELECT pg_sleep(0.1)'), client.query('SELECT 2')]);
  });
  const [slow, fast] = executions().map(({ stretches }) => stretches[0]);
  assert.ok(slow && slow.durationMicros > 99_000);
  assert.ok(
    fast && fast.startMicros >= slow.startMicros + slow.durationMicros - 1000,
    'begun behind the other',
  );
});

test('cursors and streams are told with their rows and without the time between their batches', async () => {
  const pauses: { readonly startMicros: number; readonly endMicros: number }[] = [];
  const Cursor = require('pg-cursor');
  const QueryStream = require('pg-query-stream');
  await withClient(async (client) => {
    const cursor = client.query(new Cursor('SELECT * FROM generate_series(1, $1::int)', [25]));
    for (let rows = await cursor.read(10); rows.length > 0; rows = await cursor.read(10)) {
      const startMicros = systemClock.monotonicMicros();
      await query(database.url, 'SELECT 1');
      pauses.push({ startMicros, endMicros: systemClock.monotonicMicros() });
    }
    await cursor.close();
    let streamed = 0;
    for await (const _row of client.query(new QueryStream('SELECT * FROM generate_series(1, 250)')))
      streamed += 1;
    assert.equal(streamed, 250);
  });
  const read = executions().filter(({ texts }) => texts[0] !== 'SELECT 1');
  assert.deepEqual(read.map(told), [
    { operation: 7, text: 'SELECT * FROM generate_series(1, $1::int)', rows: 25 },
    { operation: 7, text: 'SELECT * FROM generate_series(1, 250)', rows: 250 },
  ]);
  const [cursor] = read;
  assert.ok(cursor && cursor.stretches.length >= 3, `${cursor?.stretches.length} stretches`);
  for (const { startMicros, durationMicros } of cursor.stretches) {
    const isInPause = pauses.some(
      (pause) => startMicros < pause.endMicros && startMicros + durationMicros > pause.startMicros,
    );
    assert.ok(!isInPause, 'no time of a pause');
  }
});

test("the event store's own messages are told with their text, values and rows", async () => {
  await using fixture = await postgresFixture();
  const { store } = fixture;
  await recorder.ofOperation(3, async () => {
    const filter = buildEventFilter().matching().anyEventTypeOf('BookAdded').finalize();
    const { position } = await store.query(filter);
    await store.append(filter, position, [event('BookAdded', { bookID: 'b1' })]);
    for await (const _batch of store.replay(filter, { batchSize: 1 }));
  });
  const texts = executions().map(told);
  const select = /^SELECT .*UNION ALL \(SELECT sequence_number .* FROM "events" WHERE/s;
  assert.match(texts[0]?.text ?? '', select);
  const append = texts.find(({ text }) => text.includes('INSERT'));
  assert.ok(append && valuesOf(append.text).includes('{"bookID":"b1"}'), 'the values of an append');
  const batches = executions().filter(
    ({ stretches, texts }) => stretches.length > 0 && texts[0]?.startsWith('SELECT sequence_number'),
  );
  assert.deepEqual(
    batches.map(({ rows }) => rows),
    [1, 0],
  );
});
