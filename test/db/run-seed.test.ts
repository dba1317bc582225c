import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { createRandom } from '../../server/lib/random.ts';
import type { Run } from '../../server/protocol/run.ts';
import { openTransaction } from './support/open-transaction.ts';
import { query } from './support/query.ts';
import { servedLibrary } from './support/served-library.ts';

const request = { kind: 'seed', events: 20_000, seed: 1 } as const;

const library = await servedLibrary(0);
after(() => library[Symbol.asyncDispose]());
const { client, database } = library;

/**
 * Resolves when the run is over: cancelled when that step is shown, and so much later. There is no event to wait for: the
 * moments between two of them are what is tried, at random.
 */
async function cancelledIn(step: string, afterMs = 0): Promise<Run> {
  const { id } = await client.createRun(request);
  for await (const event of client.followRun(id)) {
    if (event.type === 'done') return event.run;
    if (event.type !== 'progress' || !event.step.startsWith(step)) continue;
    await new Promise((resolve) => setTimeout(resolve, afterMs));
    return await client.cancelRun(id);
  }
  throw new Error('The run has no end');
}

async function stored(): Promise<number> {
  return (await query(database.url, 'SELECT FROM events')).length;
}

test('A seed that is cancelled in any of its steps is as its run says: cancelled and nothing, or succeeded and all', async () => {
  const random = createRandom(5);
  for (const step of ['Filling', 'Building', 'Collecting']) {
    for (let round = 0; round < 3; round += 1) {
      await query(database.url, 'TRUNCATE events');
      const run = await cancelledIn(step, random.fraction() * 200);
      assert.equal(await stored(), run.state === 'succeeded' ? request.events : 0, `${step}: ${run.state}`);
      assert.notEqual(run.state, 'failed', run.error?.message);
      if (run.state === 'succeeded') assert.equal((await client.result(run.id)).kind, 'seed');
    }
  }
});

test('Who cancels a seed behind its commit hears that it has succeeded, and nothing of it goes on', async () => {
  await query(database.url, 'TRUNCATE events');
  await using other = await openTransaction(database.url);
  const { id } = await client.createRun(request);
  let locked: Promise<unknown> | undefined;
  for await (const event of client.followRun(id)) {
    if (event.type !== 'progress') continue;
    // Next in the queue behind the seed's own lock, so that its VACUUM has to wait.
    if (event.step.startsWith('Building')) locked ??= other.query('LOCK TABLE events IN SHARE MODE');
    if (event.step.startsWith('Collecting')) break;
  }
  await locked;
  assert.equal((await client.cancelRun(id)).state, 'succeeded');
  const left = await query(
    database.url,
    `SELECT pid FROM pg_stat_activity WHERE application_name LIKE '%${id}'`,
  );
  assert.deepEqual(left, []);
  await other.rollback();
  assert.equal(await stored(), request.events);
});
