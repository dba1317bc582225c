import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ServerClient } from '../../server/protocol/client.ts';
import type { ProfileResult } from '../../server/protocol/run.ts';
import { workspaceWith } from '../unit/support/workspace-with.ts';
import { cli, profilerServer } from './support/profiler-server.ts';
import { query } from './support/query.ts';
import { testDatabase } from './support/test-database.ts';

const CONFIG = 'eventstore-profiler.config.ts';

async function profiled(client: ServerClient, handler: string): Promise<ProfileResult> {
  const { id } = await client.createRun({ kind: 'profile', handler, iterations: 4 });
  for await (const event of client.followRun(id)) {
    if (event.type === 'done') assert.equal(event.run.state, 'succeeded', event.run.error?.message);
  }
  const result = await client.result(id);
  assert.ok(result.kind === 'profile');
  return result;
}

const register = `
import type { HandlerContext } from 'eventstore-profiler';
import { buildEventFilter, buildStorableEvent, p } from 'eventstore-profiler/eventstore';

export async function register({ id }: { id: string }, { store, phase }: HandlerContext) {
  const filter = buildEventFilter().matching().anyEventTypeOf('Registered').andAnyPredicateOf(p('id', id)).finalize();
  const { events, position } = await store.query(filter);
  if (phase('decide', () => events.length > 0)) return { outcome: 'idempotent' };
  const event = buildStorableEvent({ eventType: 'Registered', occurredAt: new Date(), payload: { id } });
  await store.append(filter, position, [event]);
  return { outcome: 'accepted' };
}
`;

const registering = `
  handlers: [{
    name: 'Register', kind: 'command', module: './src/register.ts', export: 'register',
    input: ({ iteration }) => ({ id: String(iteration % 3) }),
  }],`;

test('Without a database in the config an own command works on the embedded event store, with its phases', async () => {
  await using workspace = await workspaceWith({
    [CONFIG]: `export default {${registering} examples: false };`,
    'src/register.ts': register,
  });
  await using server = profilerServer(workspace.path);
  const client = await server.ready;
  // The store is not filled with a library that nobody wants.
  const { database, events } = await client.status();
  assert.deepEqual([database?.kind, events], ['embedded', 0]);
  assert.deepEqual(
    (await client.handlers()).map(({ name }) => name),
    ['Register'],
  );
  const result = await profiled(client, 'Register');
  // The one that warms up has registered 1 already.
  assert.deepEqual(result.outcomes, { accepted: 2, idempotent: 2 });
  assert.equal(result.eventsAppendedPerOperation, 0.5);
  const phases = result.phases.map(({ phase }) => phase);
  for (const phase of ['sql_execute', 'append', 'decide'])
    assert.ok(phases.includes(phase), `${phase} of ${phases}`);
});

const pools = `
import pg from 'pg';
const server = { host: '127.0.0.1', port: 5432 };

/** As nothing listens there, and as a test cannot say what listens on this machine. */
async function refused() {
  throw Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:5432'), { code: 'ECONNREFUSED', ...server });
}
export async function alone() {
  await refused();
}
export async function wrapped() {
  await refused().catch((error) => { throw new Error('No orders', { cause: new AggregateError([error]) }); });
}
export async function elsewhere() {
  throw Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:9'), { code: 'ECONNREFUSED', port: 9 });
}
export async function given(_: unknown, { databaseUrl }: { databaseUrl: string }) {
  const pool = new pg.Pool({ connectionString: databaseUrl });
  await pool.query('SELECT 1');
  await pool.end();
}
`;

test('A handler whose own pool finds no database is told where the embedded one is', async () => {
  const names = ['alone', 'wrapped', 'elsewhere', 'given'];
  const handlers = names.map((name) => ({ name, kind: 'query', module: './pools.ts', export: name }));
  await using workspace = await workspaceWith({
    [CONFIG]: `export default { handlers: ${JSON.stringify(handlers)}, examples: false };`,
    'pools.ts': pools,
  });
  await using server = profilerServer(workspace.path);
  const client = await server.ready;
  const adviceFor = async (handler: string) => {
    const { id } = await client.createRun({ kind: 'profile', handler, iterations: 1 });
    for await (const event of client.followRun(id)) {
      if (event.type === 'done')
        return [event.run.state, event.run.error?.advice?.includes('context.databaseUrl')];
    }
    return undefined;
  };
  assert.deepEqual(await adviceFor('alone'), ['failed', true]);
  assert.deepEqual(await adviceFor('wrapped'), ['failed', true]);
  assert.deepEqual(await adviceFor('elsewhere'), ['failed', undefined]);
  assert.deepEqual(await adviceFor('given'), ['succeeded', undefined]);
});

test('A database that the config names stays as it is, though the environment names it as well, until it is migrated', async () => {
  await using database = await testDatabase();
  await using workspace = await workspaceWith({
    [CONFIG]: `export default { database: { url: process.env.DATABASE_URL },${registering} };`,
    'src/register.ts': register,
  });
  const env = { DATABASE_URL: database.url };
  const tables = () =>
    query(
      database.url,
      `SELECT tablename FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`,
    );
  await using server = profilerServer(workspace.path, { env });
  const client = await server.ready;
  assert.equal((await client.status()).events, undefined);
  assert.deepEqual(await tables(), []);
  await assert.rejects(profiled(client, 'Register'), /holds no event store/);
  assert.deepEqual(await tables(), []);

  await using migration = cli(['migrate'], { env });
  assert.equal((await migration.ended).code, 0, migration.stderr());
  assert.deepEqual((await profiled(client, 'Register')).outcomes, { accepted: 2, idempotent: 2 });
});

test('"handlers" lists the examples though the config has a fault, says it by file and line, and fails', async () => {
  await using workspace = await workspaceWith({
    [CONFIG]: 'export default {\n  retries: { attempts: 200 },\n};',
  });
  await using listing = cli(['handlers', '--workspace', workspace.path]);
  assert.equal((await listing.ended).code, 1);
  assert.match(listing.stdout(), /^BooksInCirculation/);
  assert.match(
    listing.stderr(),
    /^eventstore-profiler\.config\.ts:2 retries\.attempts: attempts must be from 1 to 100; 200 was given\./,
  );
});

test('"handlers" with a config fault tells the fault once, and the handlers that are right without the examples that are not wanted', async () => {
  await using workspace = await workspaceWith({
    [CONFIG]:
      "export default {\n  examples: false,\n  handlers: [{ name: 'A', kind: 'query', module: './a.ts' }, { name: 'B' }],\n};",
  });
  await using listing = cli(['handlers', '--workspace', workspace.path]);
  assert.equal((await listing.ended).code, 1);
  assert.match(listing.stdout(), /^A +query +.*\n$/);
  assert.match(listing.stderr(), /^eventstore-profiler\.config\.ts:3 handlers\[1\]\.kind: is missing/);
});

test('"handlers" names --verbose for what a config printed before it ended its process, and shows it with that', async () => {
  await using workspace = await workspaceWith({
    [CONFIG]: "console.log('before the end');\nprocess.exit(7);",
  });
  for (const [flags, sentence] of [
    [
      [],
      /^eventstore-profiler\.config\.ts ended its process [^\n]+\n[^\n]+\nWith --verbose, what the process printed is shown/,
    ],
    [['--verbose'], /^before the end\neventstore-profiler\.config\.ts ended its process [^\n]+\n[^\n]+\n$/],
  ] as const) {
    await using listing = cli(['handlers', ...flags, '--workspace', workspace.path]);
    assert.equal((await listing.ended).code, 1);
    assert.match(listing.stderr(), sentence);
  }
});

test('"init" writes a config that "handlers" can read, and says what it found', async () => {
  await using workspace = await workspaceWith({
    'src/orders.ts':
      'export async function listOrders() {}\nexport async function placeOrder(order: object) {}\n',
  });
  await using init = cli(['init', '--workspace', workspace.path]);
  assert.equal((await init.ended).code, 0, init.stderr());
  assert.match(
    init.stdout(),
    /^Written: .*eventstore-profiler\.config\.ts\nFound 2 exported async functions in 1 source file: ListOrders, PlaceOrder\.\nIn comments, with the reason beside: PlaceOrder\./,
  );
  await using again = cli(['init', '--workspace', workspace.path]);
  assert.equal((await again.ended).code, 0);
  assert.match(again.stdout(), /is there already and stays as it is\./);
  await using handlers = cli(['handlers', '--workspace', workspace.path]);
  assert.equal((await handlers.ended).code, 0, handlers.stderr());
  assert.match(handlers.stdout(), /^ListOrders +query +listOrders of \.\/src\/orders\.ts\.\n/);
});

test('"init" says in a folder with nothing to find where it looked, what for, and what to do', async () => {
  await using workspace = await workspaceWith({ 'src/orders.ts': 'export const limit = 5;\n' });
  await using init = cli(['init', '--workspace', workspace.path]);
  assert.equal((await init.ended).code, 0, init.stderr());
  const said = init.stdout();
  assert.ok(said.includes(`Found no exported async function in 1 source file of ${workspace.path}.`), said);
  for (const part of ['not into node_modules', 'export async function', 'What to do:', '--workspace'])
    assert.ok(said.includes(part), said);
});
