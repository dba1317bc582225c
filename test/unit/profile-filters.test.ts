import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildCallTree } from '../../server/protocol/profile/build-call-tree.ts';
import { cutToRange } from '../../server/protocol/profile/cut-to-range.ts';
import { type FrameFilter, filterByFrames } from '../../server/protocol/profile/filter-by-frames.ts';
import { filterByOperations } from '../../server/protocol/profile/filter-by-operations.ts';
import { groupFrames } from '../../server/protocol/profile/frame-groups.ts';
import { mergeEqualStacks } from '../../server/protocol/profile/merge-equal-stacks.ts';
import type { Profile } from '../../server/protocol/profile/profile.ts';
import { profileOf, rowsAsText, treeAsText } from './profile-as-text.ts';
import { profileFrom, rowsFrom, stacksAsText } from './stacks-as-text.ts';

const PROFILE = profileFrom(`
  main@src/main.ts:1 1
    query@/app/node_modules/pg/lib/client.js:5#package 2
      parse#native 4
      onData@/app/src/rows.ts:3 8
    parse#native 16`);

function filtered(filter: FrameFilter): string {
  const profile = filterByFrames(PROFILE, filter);
  return stacksAsText(profile);
}

test('keeping functions leaves the stacks in which one of them stands, whole', () => {
  const kept = `
main
  query 2
    parse 4
    onData 8
  parse`.trim();
  assert.equal(filtered({ by: 'category', categories: ['package'], mode: 'keep' }), kept);
  assert.equal(filtered({ by: 'package', packages: ['pg'], mode: 'keep' }), kept);
  assert.equal(filtered({ by: 'name', pattern: 'QUERY', mode: 'keep' }), kept);
  assert.equal(filtered({ by: 'file', pattern: /client\.js$/g, mode: 'keep' }), kept);
});

test('hiding functions leaves the stacks in which none of them stands', () => {
  assert.equal(
    filtered({ by: 'name', pattern: /^parse$/, mode: 'hide' }),
    `
main 1
  query 2
    parse
    onData 8
  parse`.trim(),
  );
});

test('folding functions gives their time to their callers and shortens stacks', () => {
  assert.equal(
    filtered({ by: 'category', categories: ['package', 'native'], mode: 'fold' }),
    `
main 1 2 4 16
  onData 8`.trim(),
  );
});

test('a plain text is no regular expression', () => {
  assert.equal(filterByFrames(PROFILE, { by: 'name', pattern: 'pars.', mode: 'keep' }).samples.length, 0);
});

test('rows without a sample have no stack: keeping leaves them out, hiding and folding do not', () => {
  const profile = profileOf([
    { stack: 'a', micros: 1 },
    { stack: '', micros: 2, unsampled: true },
  ]);
  const durations = (mode: FrameFilter['mode'], pattern: string) => [
    ...filterByFrames(profile, { by: 'name', pattern, mode }).samples.duration,
  ];
  assert.deepEqual(durations('keep', 'a'), [1]);
  assert.deepEqual(durations('hide', 'a'), [2]);
  assert.deepEqual(durations('fold', 'a'), [1, 2]);
});

const OPERATIONS = profileOf(
  [
    { stack: 'start', micros: 1 },
    ...rowsFrom('handle 2', { operation: 0, phase: 'unmarshal' }),
    ...rowsFrom('handle 4', { operation: 0 }),
    ...rowsFrom('handle 8', { operation: 1, phase: 'project' }),
    ...rowsFrom('handle 16', { operation: 2, phase: 'unmarshal' }),
  ],
  ['Loans', 'Books', 'Loans'],
);

function operationNames({ operations, strings }: Profile): string[] {
  return Array.from(operations.handler, (handler) => strings[handler] ?? '');
}

test('keeping a handler leaves its operations and their rows', () => {
  const loans = filterByOperations(OPERATIONS, { by: 'handler', handlers: ['Loans'], mode: 'keep' });
  assert.deepEqual(operationNames(loans), ['Loans', 'Loans']);
  assert.equal(
    rowsAsText(loans),
    `
1 +2 #0 unmarshal: handle (application)
3 +4 #0 -: handle (application)
15 +16 #1 unmarshal: handle (application)`.trim(),
  );
});

test('hiding a handler leaves the others and the time outside of operations', () => {
  const others = filterByOperations(OPERATIONS, { by: 'handler', handlers: ['Loans'], mode: 'hide' });
  assert.deepEqual(operationNames(others), ['Books']);
  assert.deepEqual([...others.samples.duration], [1, 8]);
});

test('a handler that is not in the profile keeps nothing', () => {
  const none = filterByOperations(OPERATIONS, { by: 'handler', handlers: ['Readers'], mode: 'keep' });
  assert.deepEqual([none.operations.length, none.samples.length], [0, 0]);
});

test('single operations are kept and hidden by their numbers', () => {
  const one = filterByOperations(OPERATIONS, { by: 'operation', operations: [2], mode: 'keep' });
  assert.deepEqual([operationNames(one), [...one.samples.duration]], [['Loans'], [16]]);
  const others = filterByOperations(OPERATIONS, { by: 'operation', operations: [2], mode: 'hide' });
  assert.deepEqual(
    [operationNames(others), [...others.samples.duration]],
    [
      ['Loans', 'Books'],
      [1, 2, 4, 8],
    ],
  );
});

test('phases are kept and hidden with all operations left, and time in no phase is unattributed', () => {
  const durations = (phases: ('unmarshal' | 'unattributed')[], mode: 'keep' | 'hide') => {
    const profile = filterByOperations(OPERATIONS, { by: 'phase', phases, mode });
    assert.equal(profile.operations.length, 3);
    return [...profile.samples.duration];
  };
  assert.deepEqual(durations(['unmarshal'], 'keep'), [2, 16]);
  assert.deepEqual(durations(['unmarshal'], 'hide'), [1, 4, 8]);
  assert.deepEqual(durations(['unattributed'], 'keep'), [4]);
  assert.deepEqual(durations(['unmarshal', 'unattributed'], 'hide'), [1, 8]);
});

test('a range cuts rows and operations at its edges and begins at 0', () => {
  const profile = {
    ...OPERATIONS,
    operations: {
      ...OPERATIONS.operations,
      start: Float64Array.of(1, 7, 15),
      duration: Float64Array.of(6, 8, 16),
    },
  };
  const range = cutToRange(profile, { from: 2, to: 10 });
  assert.equal(
    rowsAsText(range),
    `
0 +1 #0 unmarshal: handle (application)
1 +4 #0 -: handle (application)
5 +3 #1 project: handle (application)`.trim(),
  );
  assert.deepEqual([...range.operations.start], [0, 5]);
  assert.deepEqual([...range.operations.duration], [5, 3]);
  assert.deepEqual(operationNames(range), ['Loans', 'Books']);
  assert.equal(range.durationMicros, 8);
});

test('a range later on drops the operations before it, and its rows follow them', () => {
  const profile = {
    ...OPERATIONS,
    operations: {
      ...OPERATIONS.operations,
      start: Float64Array.of(1, 7, 15),
      duration: Float64Array.of(6, 8, 16),
    },
  };
  const range = cutToRange(profile, { from: 20, to: 1000 });
  assert.deepEqual([operationNames(range), [...range.samples.operation]], [['Loans'], [0]]);
  assert.deepEqual([range.durationMicros, [...range.samples.duration]], [11, [11]]);
});

test('a range says when it began', () => {
  const profile = { ...OPERATIONS, startedAt: '2026-01-01T00:00:00.000Z', durationMicros: 1e7 };
  assert.equal(cutToRange(profile, { from: 2e6, to: 3e6 }).startedAt, '2026-01-01T00:00:02.000Z');
  assert.equal(cutToRange({ ...profile, startedAt: '' }, { from: 2e6, to: 3e6 }).startedAt, '');
});

test('a range outside of the profile is empty', () => {
  for (const range of [
    { from: 100, to: 200 },
    { from: 5, to: 5 },
    { from: 9, to: 3 },
  ]) {
    const cut = cutToRange(PROFILE, range);
    assert.deepEqual([cut.durationMicros, cut.samples.length], [0, 0]);
    assert.equal(buildCallTree(cut, 'time-order').length, 1);
  }
});

test('equal stacks become one node, and functions regardless of the line where asked for', () => {
  const rows = rowsFrom(`
    main
      parse 1
    main
      parse 2`);
  const profile = profileOf(rows, [], true);
  const merged = mergeEqualStacks(profile.nodes);
  assert.deepEqual([profile.nodes.length, merged.nodes.length], [5, 3]);
  assert.deepEqual([...merged.nodeOf], [0, 1, 2, 1, 2]);

  const lines = profileFrom(`
    main@a.ts:1
      parse@b.ts:2 1
      parse@b.ts:7 2`);
  const byFunction = mergeEqualStacks(lines.nodes, groupFrames(lines, 'function'));
  const node = lines.samples.node.map((before) => byFunction.nodeOf[before] ?? 0);
  assert.equal(
    stacksAsText({ ...lines, nodes: byFunction.nodes, samples: { ...lines.samples, node } }),
    `
main
  parse 1 2`.trim(),
  );
  assert.equal(mergeEqualStacks(lines.nodes).nodes.length, 4);
});

test('what was folded can be drawn', () => {
  const folded = filterByFrames(PROFILE, { by: 'name', pattern: 'query', mode: 'fold' });
  assert.equal(
    treeAsText(folded, buildCallTree(folded, 'left-heavy')),
    `
root 31 self 0 ×5
  main 31 self 3 ×5
    parse 20 self 20 ×2
    onData 8 self 8 ×1`.trim(),
  );
});
