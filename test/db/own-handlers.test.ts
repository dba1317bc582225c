import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { RunOrder, ServerClient } from '../../server/protocol/client.ts';
import { decodeProfile } from '../../server/protocol/profile/decode-profile.ts';
import type { Profile } from '../../server/protocol/profile/profile.ts';
import type { ProfileResult, Run } from '../../server/protocol/run.ts';
import { ServerRequestError } from '../../server/protocol/server-request-error.ts';
import { workspaceWith, writeFiles } from '../unit/support/workspace-with.ts';
import { type ProfilerServer, profilerServer } from './support/profiler-server.ts';
import { query } from './support/query.ts';
import { type TestDatabase, testDatabase } from './support/test-database.ts';

const CONFIG = 'eventstore-profiler.config.ts';

const config = `
import { defineConfig, defineHandler } from 'eventstore-profiler';
import { numbers } from './src/numbers';

const circular: { self?: unknown } = {};
circular.self = circular;
const module = './src/handlers.ts';

export default defineConfig({
  database: { url: process.env.ORDERS_URL },
  handlers: [
    { name: 'Busy', kind: 'query', module, export: 'busy', input: ({ random }) => ({ millis: random.pick(numbers) }) },
    { name: 'OrdersOfCustomer', kind: 'query', module: './src/orders.cjs', export: 'ordersOfCustomer', input: { customer: 3 } },
    defineHandler({
      name: 'PlaceOrder',
      kind: 'command',
      module: './src/place-order.mjs',
      prepare: async ({ pool }) => (await pool.query('SELECT count(*)::int AS count FROM orders')).rows[0].count,
      input: ({ prepared, iteration }) => ({ id: 1000 + prepared + iteration }),
      cleanUp: async ({ pool }) => { await pool.query('DELETE FROM orders WHERE id >= 1000'); },
    }),
    { name: 'EventsInStore', kind: 'query', module, export: 'eventsInStore' },
    { name: 'Sync', kind: 'query', module, export: 'sync', input: circular },
    { name: 'Drained', kind: 'command', module, export: 'drained' },
    { name: 'Fails', kind: 'query', module, export: 'fails' },
    { name: 'FailsAside', kind: 'query', module, export: 'failsAside' },
    { name: 'NeverDone', kind: 'query', module, export: 'neverDone', timeoutMs: 200 },
    { name: 'NoInput', kind: 'query', module, export: 'sync', input: ({ random }) => random.pick([]) },
    { name: 'NoPreparation', kind: 'query', module, export: 'sync', prepare: () => { throw new RangeError('not prepared'); } },
    { name: 'Inputs', kind: 'command', module, export: 'inputs', input: ({ random, iteration }) => [iteration, random.int(1, 1000), random.uuid()] },
    { name: 'NeverBack', kind: 'query', module, export: 'neverBack', timeoutMs: 200 },
    { name: 'NoInputEver', kind: 'query', module, export: 'sync', input: () => { for (;;); }, timeoutMs: 200 },
    defineHandler({ name: 'PreparedInputs', kind: 'query', module, export: 'needsInput', prepare: ({ executions = 0 }) => Array.from({ length: executions }, (_, id) => ({ id })), input: ({ prepared, iteration }) => prepared[iteration] }),
  ],
});
`;

const handlers = `
import type { HandlerContext } from 'eventstore-profiler';
import { buildEventFilter } from 'eventstore-profiler/eventstore';
import { appendFileSync } from 'node:fs';

enum Speed {
  Slow = 'slow',
}

interface Wish {
  millis: number;
}

class Spinner {
  constructor(private readonly speed: Speed) {}

  spinForAWhile(millis: number): number {
    const end = performance.now() + millis;
    let turns = 0;
    while (performance.now() < end) turns += this.speed.length;
    return turns;
  }
}

export async function busy({ millis }: Wish, { phase }: HandlerContext): Promise<void> {
  new Spinner(Speed.Slow).spinForAWhile(millis);
  phase('decide', () => new Spinner(Speed.Slow).spinForAWhile(millis));
}

export const eventsInStore = async (_: undefined, { store }: HandlerContext) =>
  (await store.query(buildEventFilter().matchingAnyEvent())).events.length;

export function sync(input?: { self?: unknown }): void {
  if (input && input.self !== input) throw new Error('not what was given');
}

export async function* drained(_: undefined, { pool }: HandlerContext) {
  yield await pool.query('INSERT INTO orders VALUES (500, 5)');
  await pool.query('DELETE FROM orders WHERE id = 500');
}

export async function fails(): Promise<string> {
  await Promise.resolve();
  const order = JSON.parse('null') as { id: string };
  return order.id;
}

export async function failsAside(): Promise<void> {
  void Promise.resolve().then(() => {
    throw new TypeError('aside');
  });
  await new Promise(() => {});
}

export const neverBack = () => { for (;;); };
export async function needsInput({ id }: { id: number }) { return id; }
export const neverDone = () => new Promise(() => {});

export async function inputs(input: unknown) {
  appendFileSync('inputs.txt', JSON.stringify(input) + '\\n');
  return { outcome: 'rejected' };
}
`;

const files = {
  [CONFIG]: config,
  'src/handlers.ts': handlers,
  'src/numbers.ts': 'export const numbers: readonly number[] = [3, 4];',
  'src/orders.cjs': `
const { Pool } = require('pg');
const pool = new Pool({ connectionString: process.env.ORDERS_URL });

exports.ordersOfCustomer = async function ordersOfCustomer({ customer }) {
  const { rows } = await pool.query('SELECT id, pg_sleep(0.02) FROM orders WHERE customer = $1 LIMIT 1', [customer]);
  return rows;
};
`,
  'src/place-order.mjs': `
export default async ({ id }, { pool, phase }) => {
  const customer = phase('decide', () => id % 5);
  await pool.query('INSERT INTO orders VALUES ($1, $2)', [id, customer]);
};
`,
};

let database: TestDatabase;
let workspace: AsyncDisposable & { readonly path: string };
let server: ProfilerServer;
let client: ServerClient;

before(async () => {
  database = await testDatabase();
  await query(
    database.url,
    'CREATE TABLE orders AS SELECT id, id % 5 AS customer FROM generate_series(1, 100) AS id',
  );
  workspace = await workspaceWith(files);
  server = profilerServer(workspace.path, { env: { ORDERS_URL: database.url } });
  client = await server.ready;
});

after(async () => {
  await server[Symbol.asyncDispose]();
  await workspace[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

async function over(
  handler: string,
  order: Partial<Extract<RunOrder, { kind: 'profile' }>> = {},
): Promise<Run> {
  const { id } = await client.createRun({ kind: 'profile', handler, iterations: 5, ...order });
  for await (const event of client.followRun(id)) if (event.type === 'done') return event.run;
  throw new Error('The run has no end');
}

async function profiled(
  handler: string,
  iterations = 5,
): Promise<{ result: ProfileResult; profile: Profile }> {
  const run = await over(handler, { iterations });
  assert.equal(run.state, 'succeeded', run.error?.message);
  const result = await client.result(run.id);
  assert.ok(result.kind === 'profile');
  return { result, profile: decodeProfile(await client.profile(run.id)) };
}

function shareOf({ phases }: ProfileResult, phase: string): number {
  return phases.find((total) => total.phase === phase)?.share ?? 0;
}

function lineOf(text: string): number {
  return handlers.split('\n').findIndex((line) => line.includes(text)) + 1;
}

const tables = () =>
  query(
    database.url,
    `SELECT tablename FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`,
  );

test('The server lists own handlers above the examples, and tells its database', async () => {
  const listed = await client.handlers();
  assert.deepEqual(
    listed.slice(0, 3).map(({ name, kind, origin }) => [name, kind, origin]),
    [
      ['Busy', 'query', 'own'],
      ['OrdersOfCustomer', 'query', 'own'],
      ['PlaceOrder', 'command', 'own'],
    ],
  );
  assert.deepEqual(
    listed.flatMap(({ fault }) => fault ?? []),
    [],
  );
  assert.equal(listed.at(15)?.name, 'BooksInCirculation');
  const { database: used, events, config: shown } = await client.status();
  assert.equal(used?.kind, 'url');
  assert.equal(events, undefined);
  assert.equal(shown?.file, CONFIG);
});

test('A busy function of an own handler in TypeScript stands in the profile with its file and line', async () => {
  const { result, profile } = await profiled('Busy', 20);
  const { frames, strings } = profileTables(profile);
  const spin = frames.find(({ name }) => name === 'spinForAWhile');
  assert.ok(spin, strings.join());
  const file = path.join(workspace.path, 'src/handlers.ts');
  assert.equal(spin.file, pathToFileURL(file).href);
  assert.equal(spin.line, lineOf('spinForAWhile(millis: number)'));
  // Half of it by the clock of the function; a busy machine takes time from either half.
  assert.ok(Math.abs(shareOf(result, 'decide') - 0.5) < 0.25, String(shareOf(result, 'decide')));
  assert.deepEqual(result.outcomes, { answered: 20 });
});

test('Waits of a pool of the handler’s own are SQL, without any change to it', async () => {
  const { result } = await profiled('OrdersOfCustomer', 5);
  assert.ok(shareOf(result, 'sql_execute') > 0.8, JSON.stringify(result.phases));
  assert.ok(result.statements?.statements.some(({ text }) => text.includes('FROM orders')));
});

test('A command prepares once, gets what it prepared, uses the pool that it is handed in, and cleans up', async () => {
  const { result } = await profiled('PlaceOrder', 5);
  assert.deepEqual(result.outcomes, { accepted: 5 });
  assert.ok(shareOf(result, 'sql_execute') > 0.3, JSON.stringify(result.phases));
  assert.deepEqual(await query(database.url, 'SELECT count(*)::int FROM orders'), [{ count: 100 }]);
});

test('A function that is not asynchronous, gives nothing back and gets an input that contains itself is executed', async () => {
  assert.deepEqual((await profiled('Sync')).result.outcomes, { answered: 5 });
});

test('An asynchronous generator is gone through to its end', async () => {
  await profiled('Drained');
  assert.deepEqual(await query(database.url, 'SELECT FROM orders WHERE id = 500'), []);
});

test('The same seed gives the same inputs, the warm-up comes first, and a command may say what came of it', async () => {
  const { result } = await profiled('Inputs', 3);
  await profiled('Inputs', 3);
  assert.deepEqual(result.outcomes, { rejected: 3 });
  // Beside the config: its folder is the working directory.
  const lines = (await readFile(path.join(workspace.path, 'inputs.txt'), 'utf8')).trimEnd().split('\n');
  assert.deepEqual(
    lines.map((line) => JSON.parse(line)[0]),
    [3, 0, 1, 2, 3, 0, 1, 2],
  );
  assert.deepEqual(lines.slice(0, 4), lines.slice(4));
  assert.equal(new Set(lines).size, 4);
});

test('An input of the request takes the place of that of the config', async () => {
  const run = await over('Sync', { input: { self: 'another' } });
  assert.match(
    run.error?.message ?? '',
    /^Sync failed in the execution that warms up: Error: not what was given \(src\/handlers\.ts:\d+\)\.$/,
  );
});

for (const [handler, code, message] of [
  [
    'Fails',
    'handler_failed',
    /^Fails failed in the execution that warms up: TypeError: Cannot read properties of null \(reading 'id'\) \(src\/handlers\.ts:45\)\.$/,
  ],
  [
    'FailsAside',
    'handler_failed',
    /^Code of FailsAside failed where nobody waits for it: TypeError: aside \(src\/handlers\.ts:50\)\.$/,
  ],
  ['NeverDone', 'handler_timeout', /^NeverDone was not done within 200 ms in the execution that warms up\.$/],
  [
    'NoInput',
    'handler_input_failed',
    /^eventstore-profiler\.config\.ts:\d+ handlers\[9\]\.input: for the execution that warms up it failed with RangeError: random\.pick\(\) was given an empty list: there is nothing to choose from\. \(eventstore-profiler\.config\.ts:\d+\)\.$/,
  ],
  [
    'NoPreparation',
    'handler_prepare_failed',
    /^eventstore-profiler\.config\.ts:\d+ handlers\[10\]\.prepare: it failed with RangeError: not prepared \(eventstore-profiler\.config\.ts:\d+\)\.$/,
  ],
] as const) {
  test(`A run says in a sentence what went wrong: ${handler}`, async () => {
    const { state, error } = await over(handler);
    assert.equal(state, 'failed');
    assert.match(error?.message ?? '', message);
    assert.equal(error?.code, code);
  });
}

test('Snapshots are refused for an own handler', async () => {
  await assert.rejects(client.createRun({ kind: 'profile', handler: 'Busy', snapshots: 'warm' }), (error) => {
    assert.ok(error instanceof ServerRequestError);
    assert.deepEqual([error.status, error.field], [400, 'snapshots']);
    return true;
  });
});

test('What needs the event store says that there is none; nothing was created in the database', async () => {
  assert.match(
    (await over('EventsInStore')).error?.message ?? '',
    /^EventsInStore failed in the execution that warms up: SchemaVersionError: The database .* holds no event store\./,
  );
  const example = await over('BooksInCirculation');
  assert.match(example.error?.message ?? '', /holds no event store/);
  assert.match(example.error?.advice ?? '', /eventstore-profiler migrate/);
  assert.deepEqual(await tables(), [{ tablename: 'orders' }]);
});

test('A changed config or module shows in the list without a restart, and so does its fault', async () => {
  const mistyped = config.replace("export: 'busy'", "export: 'buzy'");
  await writeFiles(workspace.path, { [CONFIG]: mistyped });
  const fault = (await client.handlers())[0]?.fault;
  assert.match(
    fault?.message ?? '',
    /:12 handlers\[0\]\.export: '\.\/src\/handlers\.ts' has no export 'buzy'; did you mean 'busy'\?$/,
  );
  await assert.rejects(over('Busy'), ({ message }: Error) => message === fault?.message);

  await writeFiles(workspace.path, { 'src/handlers.ts': `${handlers}\nexport const buzy = busy;` });
  assert.equal((await client.handlers())[0]?.fault, undefined);

  await writeFiles(workspace.path, { [CONFIG]: 'export default {' });
  assert.equal((await client.handlers())[0]?.name, 'BooksInCirculation');
  assert.match(
    (await client.status()).config?.error?.message ?? '',
    /^eventstore-profiler\.config\.ts:1: SyntaxError/,
  );
  await assert.rejects(over('Busy'), ({ message }: Error) => /SyntaxError/.test(message));

  await writeFiles(workspace.path, {
    [CONFIG]: config.replace('process.env.ORDERS_URL', "'postgres://h/other'"),
  });
  await client.handlers();
  await assert.rejects(over('Busy'), ({ message }: Error) =>
    /eventstore-profiler\.config\.ts names another database: h:5432\/other; the server still uses/.test(
      message,
    ),
  );
  await writeFiles(workspace.path, { [CONFIG]: config });
  assert.equal((await over('Sync')).state, 'succeeded');
});

test('Inputs can be prepared for every execution, those that are not recorded included', async () => {
  for (const collector of ['v8-cpu', 'v8-heap'] as const) {
    const { state, error } = await over('PreparedInputs', { collector });
    assert.equal(state, 'succeeded', error?.message);
  }
});

test('A handler that blocks the event loop ends when its time is over, and so does an input', async () => {
  const blocked = await over('NeverBack');
  assert.equal(blocked.state, 'failed');
  assert.equal(blocked.error?.code, 'handler_blocked');
  assert.equal(blocked.error.message, 'NeverBack did not give back control within 0.2 s.');
  assert.match(blocked.error.advice ?? '', /timeoutMs/);
  assert.equal(
    (await over('NoInputEver')).error?.message,
    'input of NoInputEver did not give back control within 0.2 s.',
  );
  // The next run finds everything in order.
  assert.equal((await over('Sync')).state, 'succeeded');
});

test('A cancel ends a handler that never ends', async () => {
  await writeFiles(workspace.path, { [CONFIG]: config.replace('timeoutMs: 200', 'timeoutMs: 60_000') });
  const { id } = await client.createRun({ kind: 'profile', handler: 'NeverDone' });
  for await (const event of client.followRun(id)) {
    if (event.type === 'progress' && event.step === 'Warming up') await client.cancelRun(id);
  }
  assert.equal((await client.run(id)).state, 'cancelled');
});

interface ShownFrame {
  readonly name: string;
  readonly file: string;
  readonly line: number;
}

function profileTables(profile: Profile): {
  readonly frames: readonly ShownFrame[];
  readonly strings: readonly string[];
} {
  const { strings, frames } = profile;
  const text = (index: number | undefined) => strings[index ?? -1] ?? '';
  return {
    strings,
    frames: Array.from({ length: frames.length }, (_, index) => ({
      name: text(frames.name[index]),
      file: text(frames.file[index]),
      line: frames.line[index] ?? 0,
    })),
  };
}
