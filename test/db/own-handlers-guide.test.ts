import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { PHASES } from '../../server/protocol/phase.ts';
import { writeFiles } from '../unit/support/workspace-with.ts';
import { type PackageConsumer, packageConsumer } from './support/package-consumer.ts';
import { cli } from './support/profiler-server.ts';
import { query } from './support/query.ts';
import { type TestDatabase, testDatabase } from './support/test-database.ts';

const guide = await readFile(path.resolve(import.meta.dirname, '../../docs/own-handlers.md'), 'utf8');
/** The files of the guide: each begins with its name. */
const files = Object.fromEntries(
  [...guide.matchAll(/^```ts\n\/\/ (\S+)\n(.*?)^```$/gms)].map(([, name = '', text = '']) => [name, text]),
);

let consumer: PackageConsumer;
let database: TestDatabase;
before(async () => {
  consumer = await packageConsumer();
  database = await testDatabase();
  await writeFiles(consumer.path, files);
  await query(
    database.url,
    `CREATE TABLE orders (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, customer int NOT NULL, amount int NOT NULL);
     INSERT INTO orders (customer, amount) SELECT id % 20 + 1, id FROM generate_series(1, 1000) AS id;`,
  );
});
after(async () => {
  await database[Symbol.asyncDispose]();
  await consumer[Symbol.asyncDispose]();
});

async function run(
  ...args: readonly string[]
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  await using process = cli([...args, '--workspace', consumer.path], { env: { ORDERS_URL: database.url } });
  const { code } = await process.ended;
  return { code, stdout: process.stdout(), stderr: process.stderr() };
}

test('The files of the guide type-check against the package', async () => {
  assert.deepEqual(Object.keys(files), ['eventstore-profiler.config.ts', 'src/orders.ts']);
  for (const [name, text] of Object.entries(files))
    assert.equal(await consumer.complaints(name, text), '', name);
});

test('"handlers" lists those of the guide alone', async () => {
  const { code, stdout, stderr } = await run('handlers');
  assert.equal(code, 0, stderr);
  assert.match(
    stdout,
    /^OrdersOfCustomer +query +Lists what one customer has ordered\.\nPlaceOrder +command .*\n$/,
  );
});

test('"profile" executes the query of the guide, in its own database, in which nothing is created', async () => {
  const { code, stdout, stderr } = await run('profile', 'ordersofcustomer', '--iterations', '20');
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^OrdersOfCustomer: median [\d.]+ ms .* 20 operations \(20 answered\)/);
  assert.match(stdout, /^sql_execute /m);
  const tables = `SELECT tablename FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`;
  assert.deepEqual(await query(database.url, tables), [{ tablename: 'orders' }]);
});

test('"profile" executes the command of the guide, which leaves the database as it found it', async () => {
  const { code, stdout, stderr } = await run('profile', 'PlaceOrder', '--iterations', '5');
  assert.equal(code, 0, stderr);
  assert.match(stdout, /5 operations \(5 accepted\)/);
  assert.deepEqual(await query(database.url, 'SELECT count(*)::int FROM orders'), [{ count: 1000 }]);
});

test('A handler that is mistyped is named with those that there are', async () => {
  const { code, stderr } = await run('profile', 'OrderOfCustomer');
  assert.equal(code, 2);
  assert.match(
    stderr,
    /There is no handler "OrderOfCustomer"\. Did you mean "OrdersOfCustomer"\?\n.*Choose one of: OrdersOfCustomer, PlaceOrder\./,
  );
});

test('The guide names phases that there are', () => {
  const [, named = ''] = /Runs the work as a phase of the profile: (.*?) and the others/.exec(guide) ?? [];
  const names = [...named.matchAll(/`(\w+)`/g)].map(([, name]) => name);
  assert.ok(names.length > 2);
  for (const name of names)
    assert.ok(
      PHASES.some((phase) => phase === name),
      name,
    );
});
