import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { CollectorName } from '../../server/protocol/collector-name.ts';
import type { Run } from '../../server/protocol/run.ts';
import { workspaceWith } from '../unit/support/workspace-with.ts';
import { profilerServer } from './support/profiler-server.ts';
import { testDatabase } from './support/test-database.ts';

const config = `
const module = './handlers.mjs';
export default {
  examples: false,
  handlers: [
    { name: 'NeverBack', kind: 'query', module, export: 'neverBack', timeoutMs: 200 },
    { name: 'NeverDone', kind: 'query', module, export: 'neverDone', timeoutMs: 200 },
    { name: 'NeverPrepared', kind: 'query', module, export: 'quick', input: () => { for (;;); }, timeoutMs: 200 },
    { name: 'Quick', kind: 'query', module, export: 'quick', timeoutMs: 200, cleanUp: async () => {
      // Longer than an execution may take: nothing of one is executed any more.
      await new Promise((resolve) => setTimeout(resolve, 4_000));
    } },
  ],
};
`;

const handlers = `
let calls = 0;
export async function neverBack() { if (++calls > 3) for (;;); }
export const neverDone = () => new Promise(() => {});
export async function quick() {
  const until = performance.now() + 10;
  while (performance.now() < until);
}
`;

const database = await testDatabase();
const workspace = await workspaceWith({ 'eventstore-profiler.config.mjs': config, 'handlers.mjs': handlers });
const server = profilerServer(workspace.path, { args: ['--database-url', database.url, '--events', '0'] });
const client = await server.ready;

after(async () => {
  await server[Symbol.asyncDispose]();
  await workspace[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

async function over(handler: string, collector: CollectorName): Promise<Run> {
  const { id } = await client.createRun({ kind: 'profile', handler, collector, iterations: 10 });
  for await (const event of client.followRun(id)) if (event.type === 'done') return event.run;
  throw new Error('The run has no end');
}

for (const collector of ['0x', 'clinic-doctor'] as const) {
  test(`A handler that never gives back control is ended under ${collector}`, async () => {
    const { error } = await over('NeverBack', collector);
    assert.equal(error?.code, 'handler_blocked');
    assert.equal(
      error?.message,
      'NeverBack, or what makes its input, did not give back control within 0.2 s.',
    );
  });
}

test('A handler whose promise never settles is given up under a tool', async () => {
  const { error } = await over('NeverDone', '0x');
  assert.equal(error?.code, 'handler_timeout');
});

test('An input that is never made is given up under a tool', async () => {
  const { error } = await over('NeverPrepared', '0x');
  assert.equal(error?.code, 'handler_blocked');
});

test('What takes longer than an execution may, but is none, is not ended under a tool', async () => {
  const { error, state } = await over('Quick', '0x');
  assert.deepEqual([state, error], ['succeeded', undefined]);
});
