import assert from 'node:assert/strict';
import { mkdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import pg from 'pg';
import { FOR_POSTGRES } from '../../server/profiling/phases/wait-nodes.ts';
import type { RunOrder, ServerClient } from '../../server/protocol/client.ts';
import { decodeProfile } from '../../server/protocol/profile/decode-profile.ts';
import type { Profile } from '../../server/protocol/profile/profile.ts';
import type { ProfileResult, Run } from '../../server/protocol/run.ts';
import { STATEMENT_VALUES_FILE } from '../../server/protocol/run-files.ts';
import { ServerRequestError } from '../../server/protocol/server-request-error.ts';
import type { ExplainRequest, ExplainResult } from '../../server/protocol/statement-plan.ts';
import type { StatementTotal } from '../../server/protocol/statement-report.ts';
import { executeExplain } from '../../server/runner/execute-explain.ts';
import { explainStatement } from '../../server/runner/explain-statement.ts';
import { rolledBack } from '../../server/runner/rolled-back.ts';
import { type ProfilerServer, profilerServer } from './support/profiler-server.ts';
import { query } from './support/query.ts';
import { temporaryDirectory } from './support/temporary-directory.ts';
import { type TestDatabase, testDatabase } from './support/test-database.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');

let database: TestDatabase;
let workspace: AsyncDisposable & { readonly path: string };
let server: ProfilerServer;
let client: ServerClient;

// A program of the user's own with a pg of its own: nothing in it knows of a profiler.
const HANDLERS = `
import pg from 'pg';
const pool = new pg.Pool({ connectionString: process.env['SHOP_URL'] });
export const slow = async () => {
  await pool.query('SELECT pg_sleep(0.05)');
  await pool.query('SELECT count(*) FROM orders WHERE id = $1', [7]);
};
export const ofCustomer = ({ customer }: { customer: string }) =>
  pool.query('SELECT * FROM orders WHERE customer = $1', [customer]);
export const order = () => pool.query('INSERT INTO orders (customer) VALUES ($1)', ['new']);
export const raise = () => pool.query('UPDATE orders SET n = n + 1 WHERE id < $1', [10]);
export const prepared = () =>
  pool.query({ name: 'by-id', text: 'SELECT * FROM orders WHERE id = $1', values: [3] });
export const fragile = () => pool.query('SELECT * FROM fragile WHERE n = $1', [1]);
export const long = () => pool.query('SELECT pg_sleep(0.001 * n) FROM waits');
export const several = () => pool.query('SELECT 1; UPDATE counted SET n = n + 1; COMMIT');
export const called = () => pool.query('CALL count_up()');
export const block = () => pool.query("DO 'BEGIN UPDATE counted SET n = n + 1; COMMIT; END'");
export const counting = () => pool.query('SELECT take_number()');
export const stable = () => pool.query('SELECT look_number() FROM counted WHERE n >= $1', [0]);
export const operated = () => pool.query('SELECT 1 <+> 2');
export const audited = () => pool.query('UPDATE audited SET n = n + 1');
export const random = () => pool.query('SELECT random() FROM counted');
export const locking = () => pool.query('SELECT n FROM counted FOR UPDATE');
export const none = async () => undefined;
`;

const CONFIG = `
const EFFECTS = ['several', 'called', 'block', 'counting', 'stable', 'operated', 'audited', 'random', 'locking'];
export default {
  handlers: ['slow', 'order', 'raise', 'prepared', 'fragile', 'long', 'none', ...EFFECTS].map((name) => (
    { name, kind: 'query', module: './handlers.ts', export: name }
  )).concat([{ name: 'ofCustomer', kind: 'query', module: './handlers.ts', export: 'ofCustomer', input: () => ({ customer: 'c7' }) }]),
};`;

before(async () => {
  database = await testDatabase();
  workspace = await temporaryDirectory();
  await query(
    database.url,
    `CREATE EXTENSION pg_stat_statements;
     DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET pg_stat_statements.track = top', current_database()); END $$;
     CREATE TABLE orders (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, customer text, n int DEFAULT 0);
     INSERT INTO orders (customer) SELECT 'c' || n % 2000 FROM generate_series(1, 30000) n;
     CREATE TABLE fragile AS SELECT 1 AS n;
     CREATE TABLE waits AS SELECT 1 AS n;
     CREATE TABLE counted AS SELECT 1 AS n;
     CREATE SEQUENCE numbers;
     CREATE PROCEDURE count_up() LANGUAGE plpgsql AS 'BEGIN UPDATE counted SET n = n + 1; COMMIT; END';
     CREATE FUNCTION take_number() RETURNS bigint LANGUAGE plpgsql AS $$ BEGIN RETURN nextval('numbers'); END $$;
     CREATE FUNCTION look_number() RETURNS bigint LANGUAGE plpgsql STABLE AS $$ BEGIN RETURN nextval('numbers'); END $$;
     CREATE FUNCTION add_up(a int, b int) RETURNS bigint LANGUAGE plpgsql AS $$ BEGIN RETURN nextval('numbers'); END $$;
     CREATE OPERATOR <+> (LEFTARG = int, RIGHTARG = int, FUNCTION = add_up);
     CREATE TABLE audited AS SELECT 1 AS n;
     CREATE FUNCTION audit() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM nextval('numbers'); RETURN NEW; END $$;
     CREATE TRIGGER audit BEFORE UPDATE ON audited FOR EACH ROW EXECUTE FUNCTION audit();
     ANALYZE`,
  );
  await mkdir(path.join(workspace.path, 'node_modules'));
  await symlink(path.join(ROOT, 'node_modules/pg-8-0'), path.join(workspace.path, 'node_modules/pg'));
  await writeFile(path.join(workspace.path, 'handlers.ts'), HANDLERS);
  await writeFile(path.join(workspace.path, 'eventstore-profiler.config.ts'), CONFIG);
  server = profilerServer(workspace.path, {
    args: ['--database-url', database.url, '--events', '3000'],
    env: { SHOP_URL: database.url },
  });
  client = await server.ready;
});

after(async () => {
  await server[Symbol.asyncDispose]();
  await workspace[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

async function over(order: RunOrder): Promise<Run> {
  const { id } = await client.createRun(order);
  for await (const event of client.followRun(id)) if (event.type === 'done') return event.run;
  throw new Error('The run has no end');
}

interface Profiled {
  readonly id: string;
  readonly result: ProfileResult;
  readonly statements: readonly StatementTotal[];
}

async function profiled(handler: string, iterations = 10): Promise<Profiled> {
  const { id, error } = await over({ kind: 'profile', handler, iterations });
  assert.equal(error, undefined, `${error?.message} ${error?.advice}`);
  const result = await client.result(id);
  assert.ok(result.kind === 'profile');
  return { id, result, statements: result.statements?.statements ?? [] };
}

type Choice = Partial<Omit<ExplainRequest, 'kind'>> & Pick<ExplainRequest, 'run'>;

async function explained(choice: Choice): Promise<{ readonly id: string; readonly result: ExplainResult }> {
  const { id, error } = await over({ kind: 'explain', statement: '1', ...choice });
  assert.equal(error, undefined, `${error?.message} ${error?.advice}`);
  const result = await client.result(id);
  assert.ok(result.kind === 'explain');
  return { id, result };
}

/** Of what never becomes a run. */
async function refusalOf(choice: Choice): Promise<ServerRequestError> {
  try {
    await client.createRun({ kind: 'explain', statement: '1', ...choice });
  } catch (error) {
    if (error instanceof ServerRequestError) return error;
    throw error;
  }
  return assert.fail('The server took it');
}

async function faultOf(choice: Choice) {
  const { state, error } = await over({ kind: 'explain', statement: '1', ...choice });
  assert.equal(state, 'failed');
  return error;
}

/** Microseconds below the waiting for a statement, by the names of what stands right below it; its own under its label. */
function waitingFor({ nodes, frames, strings, samples }: Profile, label: string): Map<string, number> {
  const nameOf = (node: number) => strings[frames.name[nodes.frame[node] ?? 0] ?? 0] ?? '';
  const times = new Map<string, number>();
  for (let row = 0; row < samples.length; row++) {
    let node = samples.node[row] ?? 0;
    let last = label;
    while (node > 0 && nameOf(node) !== label) {
      last = nameOf(node);
      node = nodes.parent[node] ?? 0;
    }
    if (node === 0 || nameOf(nodes.parent[node] ?? 0) !== FOR_POSTGRES) continue;
    times.set(last, (times.get(last) ?? 0) + (samples.duration[row] ?? 0));
  }
  return times;
}

function sumOf(times: ReadonlyMap<string, number>): number {
  return [...times.values()].reduce((sum, micros) => sum + micros, 0);
}

/** What an execution of pg_sleep took in PostgreSQL, in microseconds. */
function serverMean({ statements }: ProfileResult): number {
  const figures = statements?.server;
  assert.ok(figures?.isAvailable, 'PostgreSQL has counted');
  return figures.statements.find(({ text }) => text.includes('pg_sleep'))?.meanMicros ?? 0;
}

function durationOf({ samples }: Profile): number {
  return samples.duration.reduce((sum, micros) => sum + micros, 0);
}

test("a statement of the user's own code appears with its time, under its own name in the profile", async () => {
  const { id, result, statements } = await profiled('slow');
  const [sleep, count] = statements;
  assert.equal(sleep?.text, 'SELECT pg_sleep(?)');
  assert.equal(sleep.calls, 10);
  // A busy machine sleeps longer than it should; what PostgreSQL itself took for it is the truth.
  const slept = serverMean(result);
  assert.ok(
    slept >= 50_000 && Math.abs(sleep.meanMicros - slept) <= 0.05 * slept,
    `${sleep.meanMicros} of ${slept} µs`,
  );
  assert.deepEqual(
    sleep.shares.map(({ handler, phase, calls }) => [handler, phase, calls]),
    [['slow', 'sql_execute', 10]],
  );
  assert.equal(count?.rows, 10);
  const profile = decodeProfile(await client.profile(id));
  const waited = sumOf(waitingFor(profile, sleep.label));
  assert.ok(Math.abs(waited - 10 * slept) <= 0.05 * 10 * slept, `${waited} of ${10 * slept} µs waited`);
  const phase = result.phases.find((total) => total.phase === 'sql_execute');
  assert.ok(phase && Math.abs(phase.totalMicros - sleep.totalMicros - (count?.totalMicros ?? 0)) < 5_000);
});

test('what PostgreSQL itself counted is told for the run alone', async () => {
  const { result } = await profiled('slow', 5);
  const figures = result.statements?.server;
  assert.ok(figures?.isAvailable);
  const sleep = figures.statements.find(({ text }) => text.includes('pg_sleep'));
  assert.equal(sleep?.calls, 5);
  assert.equal(sleep.rows, 5);
  assert.ok(sleep.meanMicros >= 50_000);
  assert.ok(!figures.statements.some(({ text }) => text.includes('pg_stat_statements')));
});

test("the event store's reads, appends and replays appear with text, rows and time", async () => {
  const { statements, result } = await profiled('BooksInCirculation');
  const select = statements.find(({ text }) => text.includes('FROM "events"'));
  assert.ok(
    select && select.calls >= 10 && select.totalMicros > 0 && select.rows > 100,
    JSON.stringify(statements),
  );
  const executing = result.phases.find(({ phase }) => phase === 'sql_execute')?.totalMicros ?? 0;
  const { underWayMicros = 0 } = select;
  assert.ok(
    underWayMicros > 0 && underWayMicros <= executing * 1.001,
    `${underWayMicros} of ${executing} µs`,
  );
  const appends = await profiled('RegisterReader');
  const append = appends.statements.find(({ text }) => text.includes('INSERT INTO'));
  assert.equal(append?.calls, 10);
  assert.ok(append.shares.some(({ phase }) => phase === 'append'));
});

test('a missing index is found in the plan of the real statement, with the measured selectivity', async () => {
  const { id } = await profiled('ofCustomer');
  const { result } = await explained({ run: id });
  const [statement] = result.statements;
  assert.ok(statement?.plan?.measured && statement.isAnalyzed);
  assert.equal(statement.plan.type, 'Seq Scan');
  assert.equal(statement.plan.measured.rows, 15);
  assert.match(statement.plan.conditions[0]?.text ?? '', /'c7'/);
  const [advice] = statement.advice;
  assert.equal(advice?.kind, 'missing-index');
  assert.deepEqual([advice.rowsRead, advice.rowsRemoved, advice.tableRows], [30_000, 29_985, 30_000]);
  await query(database.url, 'CREATE INDEX orders_customer ON orders (customer)');
  try {
    const again = await explained({ run: id });
    assert.deepEqual(again.result.statements[0]?.advice, []);
  } finally {
    await query(database.url, 'DROP INDEX orders_customer');
  }
});

test('the plan stands below the waiting for its statement and takes exactly its time', async () => {
  const { id, statements } = await profiled('ofCustomer');
  const explain = await explained({ run: id });
  const before = decodeProfile(await client.profile(id));
  const spliced = decodeProfile(await client.profile(explain.id));
  const label = statements[0]?.label ?? '';
  const [waited, shared] = [waitingFor(before, label), waitingFor(spliced, label)];
  assert.ok(sumOf(waited) > 0);
  assert.ok(Math.abs(sumOf(waited) - sumOf(shared)) < 0.01);
  assert.deepEqual([...shared.keys()].sort(), ['Planning', 'Seq Scan on orders']);
  assert.ok(Math.abs(durationOf(before) - durationOf(spliced)) < 0.01);
  assert.equal(explain.result.notInPicture, undefined);
});

test('whether the GIN index led to the events is said', async () => {
  const { id } = await profiled('BooksInCirculation');
  const { result } = await explained({ run: id });
  assert.match(result.statements[0]?.notes.join(' ') ?? '', /GIN index/);
  assert.ok(result.statements[0]?.tables.some(({ name }) => name === 'events'));
});

test('a statement that changes rows is executed and rolled back, and that is said', async () => {
  const { id } = await profiled('raise');
  const sum = 'SELECT sum(n)::int AS n FROM orders';
  const rows = await query(database.url, sum);
  const { result } = await explained({ run: id });
  assert.equal(result.statements[0]?.plan?.type, 'Update');
  assert.match(result.statements[0]?.notes.join(' ') ?? '', /rolled back/);
  assert.deepEqual(await query(database.url, sum), rows);
});

test('a statement that would advance a sequence is executed only when that is asked for', async () => {
  const { id } = await profiled('order');
  const count = 'SELECT count(*)::int AS n FROM orders';
  const rows = await query(database.url, count);
  const { result } = await explained({ run: id });
  assert.equal(result.statements[0]?.isAnalyzed, false);
  assert.equal(result.statements[0]?.plan?.measured, undefined);
  assert.deepEqual(result.artifacts, []);
  assert.match(result.notInPicture ?? '', /the statement was not executed, so its steps have no times/);
  assert.match(result.statements[0]?.notes.join(' ') ?? '', /not executed, as it would advance a sequence/);
  const always = await explained({ run: id, analyze: 'always' });
  assert.equal(always.result.statements[0]?.isAnalyzed, true);
  assert.match(always.result.statements[0]?.notes.join(' ') ?? '', /Sequences have advanced/);
  assert.deepEqual(await query(database.url, count), rows);
});

async function countedNow(): Promise<unknown> {
  const [row] = await query(
    database.url,
    'SELECT (SELECT n FROM counted) AS counted, (SELECT n FROM audited) AS audited, (SELECT last_value FROM numbers) AS number',
  );
  return row;
}

test('a text of several statements is refused before any of them is executed, however it is asked for', async () => {
  const { id } = await profiled('several', 2);
  const before = await countedNow();
  for (const analyze of ['never', 'auto', 'always'] as const) {
    const fault = await refusalOf({ run: id, analyze });
    assert.equal(fault.code, 'not_explainable');
    assert.match(fault.message, /several statements/);
  }
  assert.deepEqual(await countedNow(), before);
});

test('PostgreSQL itself refuses several statements that were taken for one', async () => {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  const before = await countedNow();
  const text = 'SELECT 1; UPDATE counted SET n = n + 1; COMMIT';
  for (const hasSettledPlan of [false, true]) {
    const statement = { text, values: [], hasSettledPlan };
    const work = () => explainStatement(client, statement, 'always');
    await assert.rejects(rolledBack(client, work), { code: '42601' });
  }
  await client.end();
  assert.deepEqual(await countedNow(), before);
});

test('a transaction that was ended from within is told, and not called rolled back', async () => {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  for (const text of ['COMMIT', 'COMMIT; BEGIN', 'ROLLBACK']) {
    await assert.rejects(
      rolledBack(client, () => client.query(text)),
      { code: 'not_rolled_back' },
    );
    await client.query('ROLLBACK');
  }
  await assert.rejects(
    rolledBack(client, () => client.query('SELECT 1 / 0')),
    { code: '22012' },
  );
  await client.end();
});

for (const handler of ['called', 'block']) {
  test(`what has no plan and ends transactions is not executed: ${handler}`, async () => {
    const { id } = await profiled(handler, 2);
    const before = await countedNow();
    assert.equal((await refusalOf({ run: id, analyze: 'always' })).code, 'not_explainable');
    assert.deepEqual(await countedNow(), before);
  });
}

const EFFECTS: readonly (readonly [handler: string, note: RegExp])[] = [
  ['counting', /not executed, as it would call take_number: such a volatile function/],
  ['operated', /not executed, as it would call add_up/],
  ['audited', /not executed, as it would fire the trigger audit of audited/],
  ['stable', /not executed, as it reads, and a function of it would change rows or advance a sequence/],
];

for (const [handler, note] of EFFECTS) {
  test(`what may outlast a rollback is executed only when that is asked for: ${handler}`, async () => {
    const { id } = await profiled(handler, 2);
    const before = await countedNow();
    for (const analyze of ['never', 'auto'] as const) {
      const [statement] = (await explained({ run: id, analyze })).result.statements;
      assert.equal(statement?.isAnalyzed, false);
      if (analyze === 'auto') assert.match(statement.notes.join(' '), note);
    }
    assert.deepEqual(await countedNow(), before);
    const always = (await explained({ run: id, analyze: 'always' })).result.statements[0];
    assert.equal(always?.isAnalyzed, true);
    assert.notDeepEqual(await countedNow(), before);
  });
}

test('volatile functions that leave nothing behind, and locks of rows, keep no statement from being executed', async () => {
  for (const handler of ['random', 'locking', 'slow']) {
    const { id } = await profiled(handler, 2);
    assert.equal((await explained({ run: id })).result.statements[0]?.isAnalyzed, true, handler);
  }
});

test('both statements of an append are explained, in one transaction that leaves nothing', async () => {
  const { id, statements } = await profiled('RegisterReader');
  const append = statements.find(({ text }) => text.includes('INSERT INTO'));
  const count = 'SELECT count(*)::int AS n FROM events';
  const rows = await query(database.url, count);
  const { result } = await explained({ run: id, statement: append?.id ?? '', analyze: 'always' });
  assert.equal(result.statements.length, 2);
  assert.equal(result.notInPicture, undefined);
  assert.equal(result.artifacts.length, 2);
  assert.ok(result.statements.every(({ isAnalyzed }) => isAnalyzed));
  assert.deepEqual(await query(database.url, count), rows);
});

test('a prepared statement is explained with the plan for all values that PostgreSQL had chosen', async () => {
  const { id } = await profiled('prepared', 30);
  const { result } = await explained({ run: id });
  const [statement] = result.statements;
  // Whether the slowest call came before or after the choice depends on the run.
  if (statement?.planKind === 'generic') assert.match(JSON.stringify(statement.plan), /id = \$1/);
  else assert.match(JSON.stringify(statement?.plan), /id = 3/);
});

test('values are kept in the folder of the run for the user alone, and are no artifact', async () => {
  const { id, result } = await profiled('ofCustomer', 2);
  const file = path.join(workspace.path, '.eventstore-profiler/runs', id, STATEMENT_VALUES_FILE);
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  assert.ok(!result.artifacts.some(({ name }) => name === STATEMENT_VALUES_FILE));
  await assert.rejects(client.artifact(id, STATEMENT_VALUES_FILE), { code: 'unknown_artifact' });
});

test('what cannot be explained is refused with a sentence', async () => {
  const { id } = await profiled('fragile', 2);
  await assert.rejects(client.createRun({ kind: 'explain', run: '../x', statement: '1' }), {
    code: 'invalid_request',
    field: 'run',
  });
  await query(database.url, 'ALTER TABLE fragile RENAME TO broken');
  const failed = await faultOf({ run: id });
  assert.equal(failed?.code, 'statement_failed');
  assert.match(failed?.message ?? '', /relation "fragile" does not exist/);
});

test('what was never kept is refused before it becomes a run', async () => {
  const { id } = await profiled('ofCustomer', 2);
  const { id: empty } = await profiled('none', 2);
  const plan = await explained({ run: id });
  const { length } = await client.runs();
  for (const [choice, code, sentence, advice] of [
    [
      { run: '20200101-000000-abcdef' },
      'unknown_run',
      workspace.path,
      /"eventstore-profiler runs --workspace .+" lists/,
    ],
    [{ run: id, statement: 'nope' }, 'unknown_statement', 'it has 1', /1 is "SELECT … FROM orders/],
    [{ run: empty }, 'no_statement', `${empty} of none sent no SQL`, /queries the database through pg/],
    [{ run: plan.id }, 'no_statement', 'is itself a plan', /Give the id of a profile/],
  ] as const) {
    const refusal = await refusalOf(choice);
    assert.equal(refusal.code, code);
    assert.ok(refusal.message.includes(sentence), refusal.message);
    assert.match(refusal.advice ?? '', advice);
  }
  await rm(path.join(workspace.path, '.eventstore-profiler/runs', id, STATEMENT_VALUES_FILE));
  assert.equal((await refusalOf({ run: id })).code, 'values_gone');
  assert.equal((await client.runs()).length, length);
});

test('a plan tells which statement of which handler it is of, also when that run is gone', async () => {
  const { id } = await profiled('ofCustomer', 2);
  const plan = await explained({ run: id });
  await rm(path.join(workspace.path, '.eventstore-profiler/runs', id), { recursive: true });
  const run = (await client.runs()).find((each) => each.id === plan.id);
  assert.deepEqual(run?.subject, { handler: 'ofCustomer', statement: plan.result.label });
});

test('a database that is gone is told as one', async () => {
  const { id } = await profiled('ofCustomer', 2);
  const gone = new URL(database.url);
  gone.pathname = '/gone';
  const context = {
    order: {
      type: 'execute',
      runId: 'x',
      request: { kind: 'seed', events: 1, seed: 1 },
      directory: path.join(workspace.path, '.eventstore-profiler/runs/x'),
      databaseUrl: gone.href,
      applicationName: 'x',
    },
    signal: new AbortController().signal,
    stop: new AbortController().signal,
    progress: () => undefined,
    deliver: () => undefined,
    log: () => undefined,
    metrics: () => undefined,
  } as const;
  await assert.rejects(
    executeExplain({ kind: 'explain', run: id, statement: '1', analyze: 'auto', timeoutSeconds: 5 }, context),
    { code: 'database_unreachable', message: /has no database "gone"/ },
  );
});

test('a statement that takes too long is broken off, and that is said', async () => {
  const { id } = await profiled('long', 2);
  await query(database.url, 'UPDATE waits SET n = 60000');
  const fault = await faultOf({ run: id, timeoutSeconds: 1 });
  assert.equal(fault?.code, 'statement_timeout');
  assert.match(fault.message, /took longer than 1 s/);
});
