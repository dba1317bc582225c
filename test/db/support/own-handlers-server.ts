import assert from 'node:assert/strict';
import type { RunOrder, ServerClient } from '../../../server/protocol/client.ts';
import { decodeProfile } from '../../../server/protocol/profile/decode-profile.ts';
import type { Profile } from '../../../server/protocol/profile/profile.ts';
import type { ProfileResult, Run } from '../../../server/protocol/run.ts';
import { workspaceWith } from '../../unit/support/workspace-with.ts';
import { profilerServer } from './profiler-server.ts';
import { query } from './query.ts';
import { testDatabase } from './test-database.ts';

/** Of the workspace's config file. */
export const CONFIG = 'eventstore-profiler.config.ts';

/** The config of the workspace, with a handler for everything that may happen. */
export const config = `
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

/** Its `src/handlers.ts`. */
export const handlers = `
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
  // The sleep is the waiting that a profile has to show.
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

export interface OwnHandlersServer extends AsyncDisposable {
  readonly client: ServerClient;
  readonly databaseUrl: string;
  /** Folder of the workspace. */
  readonly folder: string;
  /** Executes a handler five times and gives the run when it is over. */
  over(handler: string, order?: Partial<ProfileOrder>): Promise<Run>;
  /** The same for a run that succeeds. */
  profiled(handler: string, iterations?: number): Promise<Profiled>;
}

type ProfileOrder = Extract<RunOrder, { kind: 'profile' }>;

interface Profiled {
  readonly result: ProfileResult;
  readonly profile: Profile;
}

/** A server in a workspace with handlers of one's own, whose database has a table of 100 orders and no event store. */
export async function ownHandlersServer(): Promise<OwnHandlersServer> {
  const database = await testDatabase();
  const table = 'CREATE TABLE orders AS SELECT id, id % 5 AS customer FROM generate_series(1, 100) AS id';
  await query(database.url, table);
  const workspace = await workspaceWith(files);
  const server = profilerServer(workspace.path, { env: { ORDERS_URL: database.url } });
  const client = await server.ready;
  const over = async (handler: string, order: Partial<ProfileOrder> = {}) => {
    const { id } = await client.createRun({ kind: 'profile', handler, iterations: 5, ...order });
    for await (const event of client.followRun(id)) if (event.type === 'done') return event.run;
    throw new Error('The run has no end');
  };
  return {
    client,
    databaseUrl: database.url,
    folder: workspace.path,
    over,
    async profiled(handler, iterations = 5) {
      const run = await over(handler, { iterations });
      assert.equal(run.state, 'succeeded', run.error?.message);
      const result = await client.result(run.id);
      assert.ok(result.kind === 'profile');
      return { result, profile: decodeProfile(await client.profile(run.id)) };
    },
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await workspace[Symbol.asyncDispose]();
      await database[Symbol.asyncDispose]();
    },
  };
}
