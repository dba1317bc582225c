import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { after, test } from 'node:test';
import { promisify } from 'node:util';
import type { CollectorName } from '../../server/protocol/collector-name.ts';
import type { ComparedCost } from '../../server/protocol/measuring-cost.ts';
import { PHASES } from '../../server/protocol/phase.ts';
import { decodeProfile } from '../../server/protocol/profile/decode-profile.ts';
import type { Profile } from '../../server/protocol/profile/profile.ts';
import type { ProfileResult } from '../../server/protocol/run.ts';
import { workspaceWith } from '../unit/support/workspace-with.ts';
import { microsByName } from './support/micros-by-name.ts';
import { profilerServer } from './support/profiler-server.ts';
import { query } from './support/query.ts';
import { runEnd } from './support/run-end.ts';
import { servedLibrary } from './support/served-library.ts';

const library = await servedLibrary(3_000);
after(() => library[Symbol.asyncDispose]());
const { client, database, server, workspace } = library;

const HANDLER = 'BooksInCirculation';

interface Recorded {
  readonly id: string;
  readonly steps: readonly string[];
  readonly result: ProfileResult;
  readonly profile: Profile;
}

async function recorded(collector: CollectorName, iterations: number): Promise<Recorded> {
  const { id } = await client.createRun({ kind: 'profile', handler: HANDLER, collector, iterations });
  const steps = new Set<string>();
  const run = await runEnd(client, id, (step) => steps.add(step));
  assert.equal(run.error, undefined);
  const result = await client.result(id);
  assert.ok(result.kind === 'profile');
  assert.deepEqual(
    [result.iterations, result.collector, result.outcomes],
    [iterations, collector, { answered: iterations }],
  );
  return { id, steps: [...steps], result, profile: decodeProfile(await client.profile(id)) };
}

function folderOf(id: string): string {
  return path.join(workspace.path, '.eventstore-profiler', 'runs', id);
}

/** What the run has left in its folder, apart from the server's own files. */
async function filesOf(id: string): Promise<string[]> {
  const own = ['run.json', 'result.json', 'statement-values.json'];
  return (await readdir(folderOf(id))).filter((name) => !own.includes(name)).toSorted();
}

async function pageOf(id: string, name: string): Promise<string> {
  const page = await readFile(path.join(folderOf(id), name), 'utf8');
  assert.match(page, /http-equiv="Content-Security-Policy" content="default-src 'none'/);
  assert.doesNotMatch(page, /fonts\.css/);
  return page;
}

/** The wall times of operations under the tool and without it. */
function compared({ costOfMeasuring: cost }: ProfileResult): ComparedCost['compared'] {
  assert.ok(cost !== undefined && 'compared' in cost, JSON.stringify(cost));
  return cost.compared;
}

/** Phases that add up to the wall time of the operations. */
function assertPhases({ phases, operationMicros }: ProfileResult): void {
  const sum = phases.reduce((total, { totalMicros }) => total + totalMicros, 0);
  assert.ok(Math.abs(sum / operationMicros - 1) < 0.01, `${sum} of ${operationMicros}`);
}

/** Samples by phase whose stacks hold a function. */
function samplesOf({ samples, nodes, frames, strings }: Profile, name: string): Record<string, number> {
  const found: Record<string, number> = {};
  const isMeant = (node: number) => strings[frames.name[nodes.frame[node] ?? 0] ?? 0] === name;
  for (let row = 0; row < samples.length; row++) {
    let node = samples.captured[row] === 1 ? (samples.node[row] ?? 0) : 0;
    while (node > 0 && !isMeant(node)) node = nodes.parent[node] ?? 0;
    if (node <= 0) continue;
    const phase = PHASES[samples.phase[row] ?? PHASES.length] ?? 'none';
    found[phase] = (found[phase] ?? 0) + 1;
  }
  return found;
}

test("0x's picture is kept, and its ticks become a profile cut by phase", async () => {
  const { id, steps, result, profile } = await recorded('0x', 150);
  assert.equal(compared(result).operations, 50);
  assert.deepEqual(await filesOf(id), ['0x.html', 'profile.cpuprofile', 'profile.espp']);
  assert.match(await pageOf(id, '0x.html'), /books-in-circulation\/project\.ts/);
  assert.equal(result.tool?.name, '0x');
  assert.match(result.tool?.verdict[0] ?? '', /^On the CPU at [\d,]+ ticks: .*native code/);
  assert.ok(result.samples > 50);
  assertPhases(result);
  assert.equal(profile.source, 'v8-log');
  for (const step of ['Starting 0x', `Profiling ${HANDLER}`, '0x is drawing'])
    assert.ok(steps.includes(step), step);
});

test('Clinic Doctor leaves its page and its verdict', async () => {
  const { id, result, profile } = await recorded('clinic-doctor', 150);
  assert.deepEqual(await filesOf(id), ['clinic-doctor.html', 'profile.espp']);
  await pageOf(id, 'clinic-doctor.html');
  assert.match(result.tool?.verdict[0] ?? '', /^Clinic Doctor: (none|io|gc|event-loop|unknown|data) - /);
  assert.match(result.tool?.verdict[1] ?? '', /^CPU: [\d.]+ % of a core/);
  assertPhases(result);
  // Nothing of stacks, and all of the operations.
  assert.deepEqual([result.samples, profile.operations.length], [0, 150]);
});

test("Clinic Flame's ticks become a profile cut by phase", async () => {
  const { id, result, profile } = await recorded('clinic-flame', 150);
  assert.deepEqual(await filesOf(id), ['clinic-flame.html', 'profile.cpuprofile', 'profile.espp']);
  await pageOf(id, 'clinic-flame.html');
  assertPhases(result);
  assert.equal(profile.source, 'v8-log');
});

test('Clinic Bubbleprof leaves its page and tells what waited', async () => {
  const { id, result } = await recorded('clinic-bubbleprof', 20);
  assert.deepEqual(await filesOf(id), ['clinic-bubbleprof.html', 'profile.espp']);
  await pageOf(id, 'clinic-bubbleprof.html');
  assert.match(
    result.tool?.verdict[0] ?? '',
    /^Clinic Bubbleprof: [\d,]+ asynchronous operations begun while/,
  );
  assert.match(
    result.tool?.verdict[1] ?? '',
    /something was begun in .*, and waited [\d.,]+ ms on average\.$/,
  );
});

test('Clinic Heap Profiler leaves its page, and its samples become a profile in bytes', async () => {
  const { id, result, profile } = await recorded('clinic-heapprofiler', 20);
  assert.deepEqual(await filesOf(id), ['clinic-heapprofiler.html', 'profile.espp', 'profile.heapprofile']);
  await pageOf(id, 'clinic-heapprofiler.html');
  assert.deepEqual([profile.source, profile.unit, profile.operations.length], ['v8-heap', 'bytes', 0]);
  assert.match(result.tool?.verdict[0] ?? '', /so no byte has an operation or a phase; --collector v8-heap/);
  assert.ok(profile.durationMicros > 0);
  // A page of a tool is a download that runs for nobody.
  const { url, token } = await server.listening;
  const response = await fetch(`${url}/api/runs/${id}/artifacts/clinic-heapprofiler.html`, {
    headers: { Authorization: `Bearer ${token}` },
  });
  await response.body?.cancel();
  assert.match(response.headers.get('Content-Disposition') ?? '', /^attachment;/);
  assert.equal(response.headers.get('Content-Security-Policy'), "sandbox; default-src 'none'");
});

test("A handler of one's own is recorded by a tool from the workspace, and shown as its TypeScript", async () => {
  const handlers = `
import { readFileSync } from 'node:fs';

enum Weight {
  Heavy = 27,
}

export async function heavy(): Promise<number> {
  readFileSync('beside.txt');
  return fibonacci(Weight.Heavy);
}

function fibonacci(n: number): number {
  return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}
`;
  const { profile } = await recordedOwn('heavy', '0x', {
    iterations: 50,
    files: { 'handlers.ts': handlers, 'beside.txt': 'found from the folder of the config file' },
  });
  const { frames, strings } = profile;
  const at = Array.from(frames.name).findIndex((name) => strings[name] === 'fibonacci');
  assert.match(strings[frames.file[at] ?? 0] ?? '', /handlers\.ts$/);
  assert.equal(
    frames.line[at],
    handlers.split('\n').findIndex((line) => line.startsWith('function fibonacci')) + 1,
  );
});

interface OwnRecording {
  readonly iterations: number;
  readonly kind?: 'query' | 'command';
  readonly files: Readonly<Record<string, string>>;
}

/** What a tool records of a function that a workspace's `handlers.ts` exports. */
async function recordedOwn(
  name: string,
  collector: CollectorName,
  { iterations, kind = 'query', files }: OwnRecording,
): Promise<Pick<Recorded, 'result' | 'profile'>> {
  await using place = await workspaceWith({
    'eventstore-profiler.config.ts': `import { defineConfig } from 'eventstore-profiler';
export default defineConfig({ handlers: [{ name: 'Own', kind: '${kind}', module: './handlers.ts', export: '${name}' }] });`,
    ...files,
  });
  await using own = profilerServer(place.path, { args: ['--database-url', database.url, '--events', '0'] });
  const ownClient = await own.ready;
  const { id } = await ownClient.createRun({ kind: 'profile', handler: 'Own', collector, iterations });
  for await (const event of ownClient.followRun(id))
    if (event.type === 'done') assert.equal(event.run.error, undefined);
  const result = await ownClient.result(id);
  assert.ok(result.kind === 'profile');
  return { result, profile: decodeProfile(await ownClient.profile(id)) };
}

test('Time in which the process sleeps is waiting in the ticks too, though V8 writes none meanwhile', async () => {
  const { result, profile } = await recordedOwn('sleeper', '0x', {
    iterations: 10,
    files: {
      'handlers.ts': `
import { setTimeout as sleep } from 'node:timers/promises';
import type { HandlerContext } from 'eventstore-profiler';

export async function sleeper(_: unknown, { pool }: HandlerContext): Promise<void> {
  const until = performance.now() + 20;
  while (performance.now() < until);
  await pool.query('SELECT pg_sleep(0.1)');
  await sleep(80);
}
`,
    },
  });
  const found = microsByName(profile);
  const told = JSON.stringify([...found]);
  assert.ok((found.get('SELECT pg_sleep(?)') ?? 0) >= 0.9 * 1_000_000, told);
  assert.ok((found.get('waiting') ?? 0) >= 0.9 * 800_000, told);
  // The 20 ms of work stay work.
  const waited = ['SELECT pg_sleep(?)', 'waiting'].reduce((sum, name) => sum + (found.get(name) ?? 0), 0);
  const all = [...found.values()].reduce((sum, micros) => sum + micros, 0);
  assert.ok(all - waited >= 0.9 * 200_000, told);
  // Clocks say how long each of them takes: no tool makes it much longer.
  const { operations, ...medians } = compared(result);
  assert.equal(operations, 10);
  for (const micros of Object.values(medians)) assert.ok(micros >= 200_000 && micros < 260_000, `${micros}`);
  assert.ok((result.costOfMeasuring?.share ?? 1) < 0.15, `${result.costOfMeasuring?.share}`);
});

/** Phases of 40 ms by the clock. V8 stamps a tick when it is written to the log: a few ms late on a busy machine. */
const PHASED = `
import type { HandlerContext } from 'eventstore-profiler';

function until(end: number): void {
  while (performance.now() < end);
}

function unmarshals(): void {
  until(performance.now() + 40);
}

function projects(): void {
  until(performance.now() + 40);
}

export async function phased(_: unknown, { phase }: HandlerContext): Promise<void> {
  await phase('unmarshal', unmarshals);
  await phase('project', projects);
}
`;

for (const collector of ['0x', 'clinic-flame'] as const) {
  test(`The ticks of ${collector} fall into the phases in which the code runs that they show`, async () => {
    const { profile } = await recordedOwn('phased', collector, {
      iterations: 20,
      files: { 'handlers.ts': PHASED },
    });
    for (const [name, phase] of [
      ['unmarshals', 'unmarshal'],
      ['projects', 'project'],
    ] as const) {
      const found = samplesOf(profile, name);
      const all = Object.values(found).reduce((sum, count) => sum + count, 0);
      // A clock that is off by a tenth of a phase puts a tenth of them elsewhere.
      assert.ok(all >= 100 && (found[phase] ?? 0) / all > 0.9, `${name} ${JSON.stringify(found)}`);
    }
  });
}

const PROMISES = `
export async function promises(): Promise<void> {
  for (let made = 0; made < 2_000; made++) await null;
}
`;

test('What a tool costs is told as the share of the time that is not there without it', async () => {
  // Bubbleprof takes a stack for each promise, which without it costs next to nothing.
  const { result } = await recordedOwn('promises', 'clinic-bubbleprof', {
    iterations: 5,
    files: { 'handlers.ts': PROMISES },
  });
  const { operations, underToolMicros, beforeMicros, behindMicros } = compared(result);
  assert.equal(operations, 5);
  const share = result.costOfMeasuring?.share ?? 0;
  assert.ok(share > 0.5 && share < 1, JSON.stringify(result.costOfMeasuring));
  assert.ok(Math.abs(1 - (beforeMicros + behindMicros) / 2 / underToolMicros - share) < 1e-9);
});

test('A handler that changes something for good is not executed once more to know what a tool costs', async () => {
  await using beside = await workspaceWith({ executions: '' });
  const executions = path.join(beside.path, 'executions');
  const { result } = await recordedOwn('counted', 'clinic-doctor', {
    iterations: 7,
    kind: 'command',
    files: {
      'handlers.ts': `
import { appendFileSync } from 'node:fs';

export async function counted(): Promise<void> {
  appendFileSync(${JSON.stringify(executions)}, 'x');
}
`,
    },
  });
  // One of them warms up.
  assert.equal(await readFile(executions, 'utf8'), 'x'.repeat(1 + 7));
  assert.equal(result.costOfMeasuring, undefined);
  assert.match(result.costUnknown ?? '', /^not known: to compare, .* and it changes something each time\.$/);
});

async function processesOf(id: string): Promise<string[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-ww', '-o', 'pid=,args=']);
  return stdout.split('\n').filter((line) => line.includes(id) && !line.includes('ps -A'));
}

test('Cancelling a run of a tool in the middle leaves nothing of it', async () => {
  const request = { kind: 'profile', handler: HANDLER, collector: '0x', iterations: 1_000_000 } as const;
  const { id } = await client.createRun(request);
  for await (const event of client.followRun(id))
    if (event.type === 'progress' && event.step.startsWith('Profiling')) break;
  // The runner, the tool and the workload.
  assert.ok((await processesOf(id)).length >= 3, (await processesOf(id)).join('\n'));
  const run = await client.cancelRun(id);
  assert.equal(run.state, 'cancelled');
  assert.deepEqual(await filesOf(id), []);
  assert.deepEqual(await processesOf(id), []);
  const connections = await query(
    database.url,
    `SELECT pid FROM pg_stat_activity WHERE application_name LIKE '%${id}'`,
  );
  assert.deepEqual(connections, []);
});

test('Cancelling while what a tool has recorded is read takes no longer, and leaves nothing of it', async () => {
  const { id } = await client.createRun({ kind: 'profile', handler: HANDLER, collector: '0x' });
  for await (const event of client.followRun(id))
    if (event.type === 'progress' && event.step.startsWith('Reading what')) break;
  const startedAt = performance.now();
  const run = await client.cancelRun(id);
  const took = performance.now() - startedAt;
  assert.equal(run.state, 'cancelled');
  // Reading takes some seconds.
  assert.ok(took < 1_500, `${took} ms`);
  assert.deepEqual(await filesOf(id), []);
  assert.deepEqual(await processesOf(id), []);
});

test('A run of a tool that is stopped by hand keeps what was recorded', async () => {
  const stop = { kind: 'manual', maxSeconds: 120 } as const;
  const { id } = await client.createRun({
    kind: 'profile',
    handler: HANDLER,
    collector: 'clinic-doctor',
    stop,
  });
  let stopped = false;
  for await (const event of client.followRun(id)) {
    if (stopped || event.type !== 'progress' || !event.step.startsWith('Profiling')) continue;
    stopped = true;
    await client.stopRun(id);
  }
  const result = await client.result(id);
  assert.ok(result.kind === 'profile');
  assert.equal(result.stoppedBy, 'request');
  assert.ok(result.iterations > 0);
});

test('A fault of the workload is told as without a tool', async () => {
  await query(database.url, 'ALTER TABLE events RENAME TO hidden_events');
  try {
    const { id } = await client.createRun({ kind: 'profile', handler: HANDLER, collector: 'clinic-doctor' });
    const run = await runEnd(client, id);
    assert.equal(run.state, 'failed');
    assert.match(run.error?.code ?? '', /^event_store|^schema|^migration/);
    assert.deepEqual(await filesOf(id), []);
    assert.deepEqual(await processesOf(id), []);
  } finally {
    await query(database.url, 'ALTER TABLE hidden_events RENAME TO events');
  }
});
