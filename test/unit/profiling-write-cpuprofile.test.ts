import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import type { Profiler } from 'node:inspector';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { CapturedStacks } from '../../server/profiling/captured-stacks.ts';
import type { CpuProfileNode } from '../../server/profiling/formats/cpuprofile/cpuprofile-nodes.ts';
import { cpuProfileToStacks } from '../../server/profiling/formats/cpuprofile/cpuprofile-to-stacks.ts';
import type { VscodeLocation } from '../../server/profiling/formats/cpuprofile/vscode-locations.ts';
import { writeCpuProfile } from '../../server/profiling/formats/cpuprofile/write-cpuprofile.ts';
import { readProfile } from '../../server/profiling/formats/read-profile.ts';
import { type SourceMapping, unmapped } from '../../server/profiling/sources/source-frame.ts';
import { stacksToProfile } from '../../server/profiling/stacks-to-profile.ts';
import type { OperationTrace } from '../../server/protocol/operation-trace.ts';
import { rowsAsText } from './profile-as-text.ts';
import { cpuProfileOf, traceOf } from './profiling-captures.ts';

/** What is written, as its readers see it. */
interface Written extends Profiler.Profile {
  readonly nodes: (CpuProfileNode & Profiler.ProfileNode)[];
  readonly samples: number[];
  readonly timeDeltas: number[];
  readonly $vscode: { readonly locations: readonly VscodeLocation[] };
  readonly $eventstoreProfiler: { version: number; operations: unknown[] };
}

const facts = { title: 'Loans', startedAt: '2026-01-01T00:00:00.000Z', samplingIntervalMicros: 200 };
/** Stands for a bundle of which everything comes from ten lines higher up in a .ts file. */
const mapping: SourceMapping = {
  frame: (frame) => {
    const plain = unmapped.frame(frame);
    return plain.file.endsWith('loans.mjs')
      ? { ...plain, file: 'file:///app/loans.ts', line: plain.line + 10 }
      : plain;
  },
  line: (_, line) => (line === 4 ? undefined : line + 10),
};

async function sampleStacks(): Promise<CapturedStacks> {
  return cpuProfileToStacks(
    JSON.parse(await readFile(new URL('samples/node-24.cpuprofile', import.meta.url), 'utf8')),
  );
}

function write(stacks: CapturedStacks, traces: readonly OperationTrace[] = [], using = mapping): Written {
  return JSON.parse(writeCpuProfile(stacks, { ...facts, traces, mapping: using }));
}

test('the DevTools protocol: ids are unique, children form one tree, deltas belong to samples and end within the time', async () => {
  const stacks = await sampleStacks();
  const { nodes, samples, timeDeltas, startTime, endTime } = write(stacks);
  const ids = new Set(nodes.map((node) => node.id));
  assert.equal(ids.size, nodes.length);
  const children = nodes.flatMap((node) => node.children);
  assert.deepEqual(new Set(children).size, nodes.length - 1);
  assert.ok(!children.includes(1));
  assert.ok(samples.every((id) => ids.has(id)));
  assert.equal(timeDeltas.length, samples.length);
  assert.ok(timeDeltas.every((delta) => delta >= 0));
  const last = timeDeltas.reduce((time, delta) => time + delta, startTime);
  assert.ok(last <= endTime);
  assert.equal(
    nodes.reduce((sum, node) => sum + (node.hitCount ?? 0), 0),
    samples.length,
  );
});

test('every sample of the capture is written with its stack and time', async () => {
  const stacks = await sampleStacks();
  assert.deepEqual(rowsOf(cpuProfileToStacks(write(stacks, [], unmapped))), rowsOf(stacks));
});

test('Chrome DevTools and speedscope: the root is first, has children, and V8 names and -1 mark what is no function', async () => {
  const { nodes } = write(await sampleStacks());
  assert.equal(nodes[0]?.callFrame.functionName, '(root)');
  assert.ok((nodes[0]?.children.length ?? 0) > 0);
  const idle = nodes.find((node) => node.callFrame.functionName === '(idle)');
  assert.deepEqual(
    [idle?.callFrame.url, idle?.callFrame.lineNumber, idle?.callFrame.columnNumber],
    ['', -1, -1],
  );
  assert.ok(!nodes.some((node) => node.callFrame.functionName === '(anonymous)'), 'V8 leaves names empty');
});

test("VS Code's viewer: an id less one is the place at which the viewer meets the node", async () => {
  const { nodes } = write(await sampleStacks());
  const met = new Set<number>();
  for (const node of nodes) for (const id of [node.id, ...node.children]) met.add(id);
  assert.deepEqual(
    [...met],
    nodes.map((_, at) => at + 1),
  );
});

test("VS Code's viewer: every location id has its location, 1-based, with a path on the disk; packages and node have none", async () => {
  const { nodes, $vscode } = write(await sampleStacks());
  for (const node of nodes) {
    const location = $vscode.locations[node.locationId];
    assert.deepEqual(location?.callFrame, node.callFrame);
    const [source] = location?.locations ?? [];
    if (!node.callFrame.url.startsWith('file:') || node.callFrame.lineNumber < 0) {
      assert.equal(source, undefined);
      continue;
    }
    assert.deepEqual(source, {
      lineNumber: node.callFrame.lineNumber + 1,
      columnNumber: node.callFrame.columnNumber + 1,
      source: { name: 'loans.ts', path: fileURLToPath('file:///app/loans.ts'), sourceReference: 0 },
    });
  }
});

test("VS Code's viewer: a position tick marks its whole source line", async () => {
  const { nodes, $vscode } = write(await sampleStacks());
  const ticks = nodes.flatMap((node) => (node.positionTicks ?? []).map((tick) => ({ tick, node })));
  assert.ok(ticks.length > 0);
  for (const { tick, node } of ticks) {
    const start = $vscode.locations[tick.startLocationId]?.callFrame;
    const end = $vscode.locations[tick.endLocationId]?.callFrame;
    assert.deepEqual(
      [start?.url, start?.lineNumber, start?.columnNumber],
      [node.callFrame.url, tick.line - 1, 0],
    );
    assert.deepEqual([end?.lineNumber, end?.columnNumber], [tick.line, 0]);
    assert.ok(tick.startLocationId > 0, 'the viewer passes over location 0');
  }
});

test('position ticks go to source lines; ticks from another source are left out', () => {
  const profile = cpuProfileOf(['100 a', '110 a', '120 a']);
  const [root, node] = profile.nodes;
  assert.ok(root && node);
  const ticks = [
    { line: 3, ticks: 2 },
    { line: 4, ticks: 1 },
  ];
  const written = write(cpuProfileToStacks({ ...profile, nodes: [root, { ...node, positionTicks: ticks }] }));
  assert.deepEqual(
    written.nodes[1]?.positionTicks?.map(({ line, ticks: count }) => [line, count]),
    [[13, 2]],
  );
});

test('a profile of ours opens again with its phases, frames and rows', async () => {
  const stacks = await sampleStacks();
  const at = (micros: number) => stacks.startMicros + micros;
  const traces = [
    traceOf(`${at(20_000)}-${at(60_000)}`, [`sql_execute ${at(20_500)}-${at(30_000)}`]),
    traceOf(`${at(70_000)}-${at(90_000.25)}`, [`project ${at(71_000)}-${at(90_000)}`], 'Books'),
  ];
  const text = writeCpuProfile(stacks, { ...facts, traces, mapping });
  const profile = stacksToProfile(stacks, { ...facts, traces, mapping });
  assert.match(rowsAsText(profile), /#0 sql_execute/);
  assert.deepEqual(readProfile(Buffer.from(text), { name: 'not asked for' }), profile);
});

test('a profile of another tool opens as time outside of operations', () => {
  const profile = readProfile(Buffer.from(JSON.stringify(cpuProfileOf(['100 a', '150 a b']))), {
    name: 'foreign',
  });
  assert.equal(profile.title, 'foreign');
  assert.equal(rowsAsText(profile), '0 +50 outside: a (application)\n50 +50 outside: a > b (application)');
});

test('text that is no JSON, and operations that are none, are refused', () => {
  const profile = cpuProfileOf(['100 a']);
  const open = (own: unknown) => () =>
    readProfile(Buffer.from(JSON.stringify({ ...profile, $eventstoreProfiler: own })), { name: 'hostile' });
  assert.throws(() => readProfile(Buffer.from('{"nodes":['), { name: 'cut off' }), {
    name: 'ProfileFormatError',
    where: 'byte 10',
  });
  assert.throws(open({ version: 2 }), { message: /2 is newer than 1/, advice: /Update/ });
  assert.throws(open(null), { name: 'ProfileFormatError' });
  const own = write(cpuProfileToStacks(profile), [traceOf('110-120')]).$eventstoreProfiler;
  assert.throws(open({ ...own, operations: [{ ...traceOf('110-120'), phases: [{ phase: 'dance' }] }] }), {
    where: '$eventstoreProfiler.operations.0.phases.0.phase',
  });
  assert.throws(open({ ...own, operations: [traceOf('9000000-9000001')] }), { code: 'trace_mismatch' });
});

function rowsOf(stacks: CapturedStacks): string {
  return rowsAsText(stacksToProfile(stacks, facts));
}
