import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import * as z from 'zod';
import type { RunOrder, ServerClient } from '../../server/protocol/client.ts';
import { operationTraceSchema } from '../../server/protocol/operation-trace.ts';
import { PHASES } from '../../server/protocol/phase.ts';
import { decodeProfile } from '../../server/protocol/profile/decode-profile.ts';
import { CATEGORIES, type Category, type Profile } from '../../server/protocol/profile/profile.ts';
import type { ProfileResult } from '../../server/protocol/run.ts';
import { EXAMPLE_HANDLERS } from '../../server/workload/example-handler-list.ts';
import { workspaceWith } from '../unit/support/workspace-with.ts';
import { delegatingHandler } from './support/delegating-handler.ts';
import { type ProfilerServer, profilerServer } from './support/profiler-server.ts';
import { query } from './support/query.ts';
import { type TestDatabase, testDatabase } from './support/test-database.ts';

const handlers = `
import { open } from 'node:fs/promises';
import { setTimeout as timer } from 'node:timers/promises';

function until(end) {
  while (performance.now() < end);
}

function fifthPart(end) {
  until(end);
}

function otherParts(end) {
  until(end);
}

export async function busy() {
  const start = performance.now();
  otherParts(start + 16);
  fifthPart(start + 24);
  otherParts(start + 40);
}

const buffer = Buffer.alloc(2 ** 22);

export async function waits(_, { phase }) {
  await phase('project', () => timer(20));
  await phase('decide', async () => {
    await using file = await open(process.execPath);
    for (let read = 0; read < 10; read++) await file.read({ buffer, length: buffer.length, position: 0 });
  });
  await timer(10);
}

${delegatingHandler({ millis: 20, afterwards: "await phase('decide', () => timer(20));" })}
let kept = [];

export async function allocates(_, { phase }) {
  await timer(1);
  phase('unmarshal', () => fiveMegabytes());
  await timer(1);
  phase('project', () => oneMegabyte());
}

function fiveMegabytes() {
  for (let made = 0; made < 5_242_880; made += 8_048) kept = new Array(1_000).fill(made & 255);
}

function oneMegabyte() {
  for (let made = 0; made < 1_048_576; made += 8_048) kept = new Array(1_000).fill(made & 255);
}

export function nothingButPhases(_, { phase }) {
  for (let begun = 0; begun < 400; begun++) phase('project', () => undefined);
}

let cohorts = [];

export async function collects(_, { pool }) {
  const cohort = [];
  for (let made = 0; made < 60_000; made++) cohort.push({ made, text: 'x' + made, list: [made] });
  cohorts.push(cohort);
  if (cohorts.length > 8) cohorts = cohorts.slice(4);
  // Time in which V8 marks while nothing is awaited but the database.
  await pool.query('SELECT pg_sleep(0.04)');
}

export async function sleepsOften() {
  for (let sleep = 0; sleep < 30; sleep++) await timer(3);
}

let executions = 0;

export async function slowOnce({ wanted }) {
  executions++;
  await timer(executions === 9 ? 80 : 1);
  return wanted;
}
`;

const config = `
import { defineConfig } from 'eventstore-profiler';
const module = './src/handlers.mjs';
export default defineConfig({
  handlers: [
    { name: 'Busy', kind: 'query', module, export: 'busy' },
    { name: 'Waits', kind: 'query', module, export: 'waits' },
    { name: 'Delegates', kind: 'query', module, export: 'delegates' },
    { name: 'Allocates', kind: 'query', module, export: 'allocates' },
    { name: 'NothingButPhases', kind: 'query', module, export: 'nothingButPhases' },
    { name: 'Collects', kind: 'query', module, export: 'collects' },
    { name: 'SleepsOften', kind: 'query', module, export: 'sleepsOften' },
    { name: 'SlowOnce', kind: 'query', module, export: 'slowOnce', input: ({ iteration }) => ({ wanted: iteration }) },
  ],
});
`;

let database: TestDatabase;
let workspace: Awaited<ReturnType<typeof workspaceWith>>;
let server: ProfilerServer;
let client: ServerClient;

before(async () => {
  database = await testDatabase();
  workspace = await workspaceWith({ 'eventstore-profiler.config.ts': config, 'src/handlers.mjs': handlers });
  server = profilerServer(workspace.path, { args: ['--database-url', database.url, '--events', '3000'] });
  client = await server.ready;
});

after(async () => {
  await server[Symbol.asyncDispose]();
  await workspace[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

interface Profiled {
  readonly id: string;
  readonly result: ProfileResult;
  readonly profile: Profile;
}

async function profiled(order: Omit<Extract<RunOrder, { kind: 'profile' }>, 'kind'>): Promise<Profiled> {
  const { id } = await client.createRun({ kind: 'profile', ...order });
  for await (const event of client.followRun(id)) {
    if (event.type === 'done') assert.equal(event.run.state, 'succeeded', event.run.error?.message);
  }
  const result = await client.result(id);
  assert.ok(result.kind === 'profile');
  return { id, result, profile: decodeProfile(await client.profile(id)) };
}

interface Where {
  readonly phase?: string;
  /** A function on the stack. */
  readonly name?: string;
  /** Of the leaf. */
  readonly category?: Category;
  /** Left out, all of them. */
  readonly operation?: number;
}

/** In the profile's unit, of the rows in operations. */
function amountOf(profile: Profile, { phase, name, category, operation }: Where): number {
  const { samples, nodes, frames } = profile;
  let amount = 0;
  for (let row = 0; row < samples.length; row++) {
    const node = samples.node[row] ?? 0;
    const isMeant =
      (samples.operation[row] ?? -1) >= 0 &&
      (operation === undefined || samples.operation[row] === operation) &&
      (phase === undefined || PHASES[samples.phase[row] ?? PHASES.length] === phase) &&
      (category === undefined || CATEGORIES[frames.category[nodes.frame[node] ?? 0] ?? 0] === category) &&
      (name === undefined || isOnStack(profile, node, name));
    if (isMeant) amount += samples.duration[row] ?? 0;
  }
  return amount;
}

function isOnStack({ nodes, frames, strings }: Profile, leaf: number, name: string): boolean {
  for (let node = leaf; node >= 0; node = nodes.parent[node] ?? -1) {
    if (strings[frames.name[nodes.frame[node] ?? 0] ?? 0] === name) return true;
  }
  return false;
}

function near(actual: number, expected: number, share: number, what: string): void {
  const off = Math.abs(actual / expected - 1);
  assert.ok(off <= share, `${what}: ${actual} is not within ${share * 100} % of ${expected}`);
}

const SLEEP_MS = 100;

test('A pg_sleep shows under its handler and phase, as waiting, with its time', async () => {
  // Once for each query of the table, however many rows it has.
  await query(database.url, 'ALTER TABLE events RENAME TO fast');
  const sleep = `(SELECT pg_sleep(${SLEEP_MS / 1e3})) IS NOT NULL`;
  await query(database.url, `CREATE VIEW events AS SELECT * FROM fast WHERE ${sleep}`);
  try {
    const iterations = 15;
    const { profile, result } = await profiled({
      handler: 'BooksLentByReader',
      iterations,
      input: { readerID: 'nobody' },
    });
    const expected = iterations * SLEEP_MS * 1e3;
    const executed = result.phases.find(({ phase }) => phase === 'sql_execute')?.totalMicros ?? 0;
    near(executed, expected, 0.05, 'the phase');
    near(
      amountOf(profile, { phase: 'sql_execute', name: 'waiting for PostgreSQL' }),
      expected,
      0.05,
      'the wait',
    );
    const handlers = new Set(Array.from(profile.operations.handler, (handler) => profile.strings[handler]));
    assert.deepEqual([...handlers], ['BooksLentByReader']);
  } finally {
    await query(database.url, 'DROP VIEW events');
    await query(database.url, 'ALTER TABLE fast RENAME TO events');
  }
});

test('A function that is busy for a fifth of the time shows as 20 %', async () => {
  const { profile } = await profiled({ handler: 'Busy', iterations: 40 });
  const { duration, length } = profile.operations;
  // The median: on a busy machine other processes interrupt some operations for longer than they take.
  const shares = Array.from({ length }, (_, operation) => {
    return amountOf(profile, { name: 'fifthPart', operation }) / (duration[operation] ?? 0);
  });
  assert.ok(Math.abs(median(shares) - 0.2) <= 0.02, `${median(shares)}`);
});

test("Waits of a handler's own, for a timer or for files, show as waiting in their phases", async () => {
  const { profile } = await profiled({ handler: 'Waits', iterations: 20 });
  near(amountOf(profile, { phase: 'project', category: 'wait' }), 20 * 20_000, 0.1, 'the timer');
  const reading = amountOf(profile, { phase: 'decide' });
  const waiting = amountOf(profile, { phase: 'decide', category: 'wait' });
  assert.ok(waiting > 0.2 * reading, `${waiting} of ${reading} µs`);
  const inNoPhase =
    amountOf(profile, { category: 'wait' }) -
    waiting -
    amountOf(profile, { phase: 'project', category: 'wait' });
  near(inNoPhase, 20 * 10_000, 0.15, 'the timer in no phase');
  assert.equal(amountOf(profile, { category: 'idle' }), 0, 'nothing is idle in an operation');
});

test("A handler's worker thread has a profile of its own with what it did, while the handler waited", async () => {
  const { id, profile, result } = await profiled({ handler: 'Delegates', iterations: 20 });
  const [thread] = result.threads ?? [];
  assert.match(thread?.name ?? '', /^helper/);
  const own = decodeProfile(await client.artifact(id, thread?.profile ?? ''));
  const burnt = amountOf(own, { phase: 'project', name: 'workerBurns' });
  // By its own clock it burns 20 ms each time; what a busy machine takes from it in between is waited for all the same.
  assert.ok(burnt > 0.9 * 20 * 20_000, `${burnt} of 400,000 µs`);
  assert.ok(
    burnt < 1.05 * amountOf(profile, { phase: 'project' }),
    `${burnt} µs, longer than was waited for`,
  );
  assert.ok(amountOf(own, { phase: 'decide', name: 'workerBurns' }) < 0.05 * burnt);
  assert.equal(amountOf(profile, { name: 'workerBurns' }), 0);
  assert.ok(amountOf(profile, { phase: 'project', category: 'wait' }) > 0.8 * burnt);
});

test('What a phase allocates is found in it, by phase and by function', async () => {
  const { result, profile } = await profiled({ handler: 'Allocates', iterations: 10, collector: 'v8-heap' });
  const { allocations } = result;
  assert.equal(profile.unit, 'bytes');
  near(
    allocations?.byPhase.find(({ phase }) => phase === 'unmarshal')?.bytes ?? 0,
    10 * 5_242_880,
    0.05,
    'the phase',
  );
  near(
    amountOf(profile, { phase: 'unmarshal', name: 'fiveMegabytes' }),
    10 * 5_242_880,
    0.05,
    'the function',
  );
  // In steps of some 10 kB a tenth of the bytes are a tenth of the samples: 700 of them are off by 4 % at most times.
  near(amountOf(profile, { phase: 'project', name: 'oneMegabyte' }), 10 * 1_048_576, 0.15, 'the other phase');
  assert.equal(amountOf(profile, { phase: 'project', name: 'fiveMegabytes' }), 0);
  assert.equal(amountOf(profile, { phase: 'unmarshal', name: 'oneMegabyte' }), 0);
  assert.ok((allocations?.usedBefore ?? 0) > 1e6 && (allocations?.usedAfter ?? 0) > 1e6);
  assert.ok(result.artifacts.some(({ name }) => name === 'profile.heapprofile'));
});

test('Each recording tells what it cost, and each pause of garbage collection with its operation and phase', async () => {
  const { id, profile, result } = await profiled({ handler: 'BooksInCirculation', iterations: 60 });
  const { costOfMeasuring: cost, gc } = result;
  assert.ok(cost && 'samples' in cost && cost.share > 0 && cost.share < 0.5, `${cost?.share}`);
  const { samples } = profile;
  const waits = ['wait', 'idle'].map((category) => CATEGORIES.indexOf(category as Category));
  const within = samples.operation.filter((operation, row) => {
    const category = profile.frames.category[profile.nodes.frame[samples.node[row] ?? 0] ?? 0] ?? 0;
    return operation >= 0 && samples.captured[row] === 1 && !waits.includes(category);
  });
  assert.equal(cost.samples.count, within.length);
  // An operation begins and ends, and so does each of its phases.
  assert.ok(cost.borders.count >= 60 * 8, `${cost.borders.count}`);
  assert.equal(
    cost.statements?.count,
    result.statements?.statements.reduce((sum, { calls }) => sum + calls, 0),
  );
  const { samplingShare = 0, phasesShare = 0 } = cost;
  assert.ok(samplingShare > 0 && phasesShare > 0);
  near(samplingShare + phasesShare, cost.share, 1e-6, 'both together');
  assert.ok(gc && gc.pauses > 0 && gc.byPhase.length > 0);
  const file = JSON.parse(new TextDecoder().decode(await client.artifact(id, 'gc-pauses.json')));
  assert.equal(file.pauses.length, gc.pauses);
  const placed = file.pauses.filter(({ operation }: { operation?: number }) => operation !== undefined);
  assert.ok(placed.length > 0);
  assert.ok(placed.every(({ startMicros }: { startMicros: number }) => startMicros >= 0));
});

test('Garbage collection in the picture is that of the pauses, also where V8 marks while PostgreSQL is waited for', async () => {
  const { profile, result } = await profiled({ handler: 'Collects', iterations: 40 });
  const pauses = (result.gc?.share ?? 0) * result.operationMicros;
  assert.ok(pauses > 50_000, `${pauses} µs of pauses`);
  near(amountOf(profile, { category: 'gc' }), pauses, 0.03, 'garbage collection in the picture');
});

test('The cost of measuring grows with what is measured: twenty times the samples are told as many times the cost', async () => {
  const costAt = async (samplingIntervalMicros: number) => {
    const { result } = await profiled({
      handler: 'BooksInCirculation',
      iterations: 40,
      samplingIntervalMicros,
    });
    const { costOfMeasuring: cost } = result;
    return cost && 'samplingShare' in cost ? (cost.samplingShare ?? 0) : 0;
  };
  const usual = await costAt(1_000);
  const fine = await costAt(50);
  assert.ok(usual > 0 && fine > 4 * usual && fine > 0.03, `${usual} at 1 ms, ${fine} at 50 µs`);
});

test('A sample that falls into waiting costs nothing: a handler that sleeps is told next to none', async () => {
  const { profile, result } = await profiled({ handler: 'SleepsOften', iterations: 6 });
  const { costOfMeasuring: cost } = result;
  assert.ok(cost && 'samples' in cost);
  const waited = amountOf(profile, { category: 'wait' });
  assert.ok(waited > 0.5 * result.operationMicros, `${waited} of ${result.operationMicros} µs`);
  const { shareRange, samplingRange, phasesRange, samples } = cost;
  const samplesAsked = result.operationMicros / 1_000;
  assert.ok(samples.count < 0.5 * samplesAsked, `${samples.count} of ${samplesAsked}`);
  assert.ok(shareRange && samplingRange && phasesRange && samples.microsRange);
  assert.ok(
    samplingRange.least <= (cost.samplingShare ?? 0) && (cost.samplingShare ?? 0) <= samplingRange.most,
  );
  near(samplingRange.most, (samples.count * samples.microsRange.most) / result.operationMicros, 1e-6, 'most');
  near(shareRange.least, samplingRange.least + phasesRange.least, 1e-6, 'least');
});

test('The cost of measuring is that of samples where one works in no phase, and of phases where one begins nothing else', async () => {
  const working = (await profiled({ handler: 'Busy', iterations: 15 })).result;
  const beginning = (await profiled({ handler: 'NothingButPhases', iterations: 200 })).result;
  const cost = (of: ProfileResult) => {
    assert.ok(of.costOfMeasuring && 'samples' in of.costOfMeasuring);
    return of.costOfMeasuring;
  };
  // A sample of some µs each half millisecond; a busy machine takes fewer of them.
  const { samples } = cost(working);
  const most = working.operationMicros / (working.samplingIntervalMicros ?? 0);
  assert.ok(samples.count > 0.3 * most && samples.count < 1.2 * most, `${samples.count} of ${most}`);
  const { share, samplingShare = 0, phasesShare = 1 } = cost(working);
  near(samplingShare, (samples.count * samples.microsEach) / working.operationMicros, 1e-6, 'the samples');
  assert.ok(share > 0.001 && share < 0.25 && phasesShare < 0.005, JSON.stringify(cost(working)));
  // A phase begins and ends; so does the operation.
  assert.equal(cost(beginning).borders.count, 200 * (2 * 400 + 2));
  const phases = cost(beginning).phasesShare ?? 0;
  assert.ok(phases > 10 * phasesShare, JSON.stringify(cost(beginning)));
  // All that such an operation does is begin and end phases: told were 0.27 to 0.62 of its median on a busy machine.
  const { borders } = cost(beginning);
  const ofMedian =
    ((borders.count / 200) * borders.microsEach) / (beginning.operationTimes?.medianMicros ?? 0);
  assert.ok(ofMedian > 0.15 && ofMedian < 1.2, `${ofMedian} of ${beginning.operationTimes?.medianMicros} µs`);
});

test('The first operation that is slower than the bound ends the recording, and the result names it and its input', async () => {
  const { result, profile } = await profiled({
    handler: 'SlowOnce',
    stop: { kind: 'slower-than', millis: 60, maxSeconds: 30 },
  });
  assert.equal(result.stoppedBy, 'slow-operation');
  assert.equal(result.slowOperation?.iteration, result.iterations - 1);
  assert.ok((result.slowOperation?.durationMicros ?? 0) > 60_000);
  assert.deepEqual(result.slowOperation?.input, { wanted: result.iterations + 1 });
  assert.equal(profile.operations.length, result.iterations);
});

test('A duration ends the recording, and so does a request to stop it: both keep what was recorded', async () => {
  const timed = await profiled({ handler: 'Busy', stop: { kind: 'duration', seconds: 0.5 } });
  assert.equal(timed.result.stoppedBy, 'duration');
  // Of at least 40 ms each, the last of which goes on when the time is up.
  assert.ok(timed.result.iterations >= 1 && timed.result.iterations <= 13, `${timed.result.iterations}`);
  const { id } = await client.createRun({ kind: 'profile', handler: 'Busy', stop: { kind: 'manual' } });
  for await (const event of client.followRun(id)) {
    if (event.type === 'progress' && event.step.startsWith('Profiling')) await client.stopRun(id);
    if (event.type === 'done') assert.equal(event.run.state, 'succeeded');
  }
  const result = await client.result(id);
  assert.ok(result.kind === 'profile' && result.stoppedBy === 'request' && result.iterations >= 1);
});

/** What lies between phases all the same: half a dozen borders, where an operation takes less than a millisecond. */
const BETWEEN_PHASES_MICROS = 15;

for (const { name: handler } of EXAMPLE_HANDLERS) {
  test(`The phases of ${handler} account for its time`, async () => {
    const { id } = await profiled({ handler, iterations: 80, samplingIntervalMicros: 1000 });
    const file = JSON.parse(new TextDecoder().decode(await client.artifact(id, 'profile.cpuprofile')));
    const { operations } = z
      .object({ operations: z.array(operationTraceSchema) })
      .parse(file.$eventstoreProfiler);
    const beyond = operations.map(({ phases, durationMicros }) => {
      const left = phases.reduce((micros, phase) => micros - phase.durationMicros, durationMicros);
      assert.ok(left >= -1, `${left} of ${durationMicros} µs: phases overlap`);
      return left - Math.max(0.02 * durationMicros, BETWEEN_PHASES_MICROS);
    });
    // On a busy machine many an operation is interrupted between two phases, and that is nobody's phase.
    const undisturbed = beyond.filter((micros) => micros <= 0).length;
    assert.ok(
      undisturbed >= operations.length / 4,
      `${undisturbed} of ${operations.length}: ${beyond.map(Math.round)}`,
    );
  });
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
