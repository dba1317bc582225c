import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cpuProfileToStacks } from '../../server/profiling/formats/cpuprofile/cpuprofile-to-stacks.ts';
import { exactPauses } from '../../server/profiling/phases/exact-pauses.ts';
import { gcInPauses } from '../../server/profiling/phases/gc-in-pauses.ts';
import { stacksToProfile } from '../../server/profiling/stacks-to-profile.ts';
import type { GcPause } from '../../server/protocol/gc-pause.ts';
import type { OperationTrace } from '../../server/protocol/operation-trace.ts';
import { profileOf, rowsAsText } from './profile-as-text.ts';
import { cpuProfileOf, traceOf } from './profiling-captures.ts';

/** A sample each millisecond: `w` of work, `g` of the garbage collector, `i` of an idle thread. */
function rows(states: string, pauses: readonly GcPause[], traces: readonly OperationTrace[]): string {
  const names: Record<string, string> = { w: 'handle', g: '(garbage_collector)', i: '(idle)' };
  const samples = Array.from(states, (state, at) => `${1000 * at} ${names[state]}`);
  const stacks = cpuProfileToStacks(cpuProfileOf(samples, 0, 1000 * states.length));
  const facts = { title: 'gc', startedAt: '', traces };
  return rowsAsText(stacksToProfile(gcInPauses(stacks, pauses, traces), facts))
    .replaceAll(/^\d+ /gm, '')
    .replaceAll(/ \([a-z]+\)$/gm, '');
}

const pause = (from: number, until: number, kind: GcPause['kind'] = 'major'): GcPause => ({
  startMicros: from,
  durationMicros: until - from,
  kind,
});

test('what V8 marks between two pauses while PostgreSQL is waited for is that wait, and the pauses are garbage collection', () => {
  const trace = traceOf('0-8000', ['sql_execute 1000-7000']);
  const pauses = [pause(1_900, 3_100, 'incremental'), pause(5_000, 7_000)];
  assert.equal(
    rows('wwgggggw', pauses, [trace]),
    `
+1000 #0 -: handle
+1000 #0 sql_execute: handle
+1000 #0 sql_execute: (garbage collector)
+1000 #0 sql_execute: (garbage collector)
+1000 #0 sql_execute: waiting for PostgreSQL
+1000 #0 sql_execute: (garbage collector)
+1000 #0 sql_execute: (garbage collector)
+1000 #0 -: handle`.trim(),
  );
});

test('a step that V8 makes between the lines of a phase that works is no pause, and neither is it waiting', () => {
  const trace = traceOf('0-4000', ['project 0-4000']);
  assert.equal(
    rows('wgww', [], [trace]),
    `
+1000 #0 project: handle
+1000 #0 project: (garbage collector, between pauses)
+1000 #0 project: handle
+1000 #0 project: handle`.trim(),
  );
});

test('many steps without anything of the program between them are waiting in any phase', () => {
  const text = rows(`w${'g'.repeat(8)}w`, [pause(1_000, 1_500)], [traceOf('0-10000')]);
  assert.equal(text.match(/waiting/g)?.length, 7, text);
  assert.equal(text.match(/garbage/g)?.length, 1, text);
});

test('where all samples of the garbage collector lie in pauses, nothing changes', () => {
  const stacks = cpuProfileToStacks(cpuProfileOf(['0 a', '10 (garbage_collector)', '20 a'], 0, 30));
  assert.equal(gcInPauses(stacks, [pause(8, 19)], []), stacks);
});

test('rows of garbage collection are as long as its pauses, and what is beyond them is what was seen next in their phase', () => {
  const rows = profileOf([
    { stack: 'work', micros: 1_000, operation: 0, phase: 'project' },
    { stack: '(gc)', micros: 2_000, operation: 0, phase: 'project' },
    { stack: 'work later', micros: 1_000, operation: 0, phase: 'project' },
    { stack: '(gc)', micros: 500, operation: 0, phase: 'decide' },
    { stack: 'work', micros: 1_000, operation: 0, phase: 'append' },
  ]);
  const node = rows.samples.node[1] ?? 0;
  const pauses = [pause(800, 1_500), pause(1_200, 1_700, 'weak-callbacks'), pause(5_100, 5_200)];
  const cut = { ...rows, samples: exactPauses(rows.samples, { pauses, node }) };
  assert.equal(
    rowsAsText(cut).replaceAll(/ \([a-z]+\)$/gm, ''),
    `
0 +800 #0 project: work
800 +200 #0 project: (gc)
1000 +700 #0 project: (gc)
1700 +1300 #0 project: work > later
3000 +1000 #0 project: work > later
4000 +500 #0 decide: ·
4500 +600 #0 append: work
5100 +100 #0 append: (gc)
5200 +300 #0 append: work`.trim(),
  );
  assert.deepEqual([...cut.samples.captured], [1, 0, 1, 0, 1, 1, 1, 0, 0]);
});
