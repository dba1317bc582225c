import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { ServerClient } from '../../server/protocol/client.ts';
import type { Run, RunEvent } from '../../server/protocol/run.ts';
import { ServerRequestError } from '../../server/protocol/server-request-error.ts';
import type { SimulationSummary } from '../../server/protocol/simulation-result.ts';
import { type ProfilerServer, postmasterPid, profilerServer } from './support/profiler-server.ts';
import { databaseProxy } from './support/proxy.ts';
import { simulatedLibrary } from './support/simulated-library.ts';
import { temporaryDirectory } from './support/temporary-directory.ts';

let workspace: AsyncDisposable & { readonly path: string };
let server: ProfilerServer;
let client: ServerClient;

before(async () => {
  workspace = await temporaryDirectory();
  // A database of its own, so that it can be killed.
  server = profilerServer(workspace.path, { args: ['--events', '3000'] });
  client = await server.ready;
});

after(async () => {
  await server[Symbol.asyncDispose]();
  await workspace[Symbol.asyncDispose]();
});

const order = { kind: 'simulation', rate: 60, workers: 4, activeReaders: 30, rhythm: 'steady' } as const;

/** Follows a run to its end. @param onSecond told when each second is over */
async function followed(
  id: string,
  onSecond: (second: number) => void = () => undefined,
): Promise<{ readonly run: Run; readonly events: readonly RunEvent[] }> {
  const events: RunEvent[] = [];
  for await (const event of client.followRun(id)) {
    events.push(event);
    if (event.type === 'metrics') onSecond(event.values['second'] ?? 0);
    if (event.type === 'done') return { run: event.run, events };
  }
  throw new Error('The run has no end');
}

async function summaryOf(id: string): Promise<SimulationSummary> {
  const result = await client.result(id);
  assert.ok(result.kind === 'simulation');
  return result.summary;
}

function assertAllAccounted({ operations, outcomes, events }: SimulationSummary): void {
  assert.equal(
    Object.values(outcomes).reduce((sum, count) => sum + count, 0),
    operations,
  );
  assert.equal(events.stored, events.appended);
}

test('A simulation tells each second what happens, and has its summary and a file of all seconds', async () => {
  const { id } = await client.createRun({ ...order, durationSeconds: 4 });
  const { run, events } = await followed(id);
  assert.equal(run.state, 'succeeded');
  const metrics = events.flatMap((event) => (event.type === 'metrics' ? [event.values] : []));
  assert.ok(metrics.length >= 3);
  const [first = {}] = metrics;
  for (const name of ['ended', 'accepted', 'idempotent', 'p99Millis', 'backlog', 'conflicts']) {
    assert.equal(typeof first[name], 'number', name);
  }
  const steps = events.flatMap((event) => (event.type === 'progress' ? event.step : []));
  assert.ok(steps.includes('Reading how the library stands') && steps.includes('Simulating'));
  const summary = await summaryOf(id);
  assertAllAccounted(summary);
  assert.equal(summary.end, 'finished');
  const file = JSON.parse(new TextDecoder().decode(await client.artifact(id, 'simulation.json')));
  assert.deepEqual([file.version, file.summary.operations], [1, summary.operations]);
  assert.equal(file.request.rate, 60);
  assert.ok(file.series.length >= 3);
});

test('Snapshots that one simulation saved are there for the next', async () => {
  const one = await client.createRun({ ...order, durationSeconds: 3, queryPercent: 60 });
  await followed(one.id);
  const { snapshots } = await summaryOf(one.id);
  assert.ok(snapshots !== undefined && snapshots.hitRate > 0.5, JSON.stringify(snapshots));
  const without = await client.createRun({ ...order, durationSeconds: 2, snapshots: false });
  await followed(without.id);
  assert.equal((await summaryOf(without.id)).snapshots, undefined);
});

test('A cancelled simulation is over at once and has the summary of what was done', async () => {
  const { id } = await client.createRun({ ...order, durationSeconds: 3_600 });
  let cancelled: Promise<Run> | undefined;
  const { run } = await followed(id, (second) => {
    if (second === 2) cancelled = client.cancelRun(id);
  });
  assert.equal(run.state, 'cancelled');
  assert.equal((await cancelled)?.state, 'cancelled');
  const summary = await summaryOf(id);
  assert.equal(summary.end, 'stopped');
  assert.ok(summary.operations > 30);
  assertAllAccounted(summary);
  assert.ok((await client.artifact(id, 'simulation.json')).byteLength > 1_000);
});

test('PostgreSQL killed in the middle is started again, and the simulation goes on without losing anything', async () => {
  const { id } = await client.createRun({ ...order, durationSeconds: 9 });
  let kill: Promise<void> | undefined;
  const { run, events } = await followed(id, (second) => {
    if (second !== 2) return;
    kill = postmasterPid(workspace.path).then((pid) => void process.kill(pid, 'SIGKILL'));
  });
  await kill;
  assert.equal(run.state, 'succeeded', run.error?.message);
  const summary = await summaryOf(id);
  assertAllAccounted(summary);
  assert.ok(summary.operations > 200, String(summary.operations));
  // It is back within a third of a second on a quiet machine: then retries bridge it, and nobody calls it an outage.
  if (summary.outages.length === 0) assert.ok(summary.retries > 0, 'neither told of nor retried');
  else {
    const logs = events.flatMap((event) => (event.type === 'log' ? event.message : [])).join('\n');
    assert.match(logs, /The database is gone: [\s\S]*The database is back after/);
  }
});

test('A database that does not come back fails the run with a clear fault, and what was done has its summary', async () => {
  await using library = await simulatedLibrary(2_000);
  await using proxy = await databaseProxy(library.url);
  await using place = await temporaryDirectory();
  await using other = profilerServer(place.path, { args: ['--database-url', proxy.url] });
  const otherClient = await other.ready;
  const { id } = await otherClient.createRun({ ...order, durationSeconds: 600, outageSeconds: 1 });
  let run: Run | undefined;
  for await (const event of otherClient.followRun(id)) {
    if (event.type === 'metrics' && event.values['second'] === 2) proxy.cut();
    if (event.type === 'done') run = event.run;
  }
  assert.deepEqual([run?.state, run?.error?.code], ['failed', 'database_gone'], run?.error?.message);
  assert.match(run?.error?.message ?? '', /did not come back within 1 s/);
  const result = await otherClient.result(id);
  assert.ok(result.kind === 'simulation');
  assert.equal(result.summary.end, 'database_gone');
  assert.ok(result.summary.operations > 30);
});

test('Impossible options are refused before anything is done', async () => {
  const count = (await client.runs()).length;
  for (const [options, field] of [
    [{ workers: 0 }, 'workers'],
    [{ lendingPercent: 50 }, 'lendingPercent'],
    [{ p99BoundMillis: 5, durationSeconds: 1 }, 'durationSeconds'],
  ] as const) {
    await assert.rejects(
      client.createRun({ ...order, ...options }),
      (error) => error instanceof ServerRequestError && error.status === 400 && error.field === field,
    );
  }
  assert.equal((await client.runs()).length, count);
});
