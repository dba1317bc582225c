import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NO_PHASE, PHASES } from '../../server/protocol/phase.ts';
import { buildCallTree } from '../../server/protocol/profile/build-call-tree.ts';
import { profileOf, type Row, treeAsText } from './profile-as-text.ts';

const ROWS: readonly Row[] = [
  { stack: 'start', micros: 5 },
  { stack: 'handle build', micros: 2, operation: 0, phase: 'filter_build' },
  { stack: 'handle parse', micros: 3, operation: 0, phase: 'unmarshal' },
  { stack: 'handle project parse', micros: 4, operation: 0, phase: 'project' },
  { stack: '', micros: 6, operation: 0, phase: 'sql_execute', unsampled: true },
  { stack: 'handle', micros: 1, operation: 0 },
  { stack: 'handle project parse', micros: 8, operation: 1, phase: 'project' },
  { stack: 'handle project', micros: 16, operation: 2, phase: 'project' },
  { stack: 'start', micros: 7 },
];
const HANDLERS = ['Loans', 'Loans', 'Books'];

function text(view: 'phases' | 'left-heavy' | 'time-order', fresh = false): string {
  const profile = profileOf(ROWS, HANDLERS, fresh);
  return treeAsText(profile, buildCallTree(profile, view));
}

const PHASED = `
root 52 self 0 ×8
  handler Loans 24 self 0 ×5
    phase filter_build 2 self 0 ×1
      handle 2 self 0 ×1
        build 2 self 2 ×1
    phase sql_execute 6 self 0 ×0
      unsampled 6 self 6 ×0
    phase unmarshal 3 self 0 ×1
      handle 3 self 0 ×1
        parse 3 self 3 ×1
    phase project 12 self 0 ×2
      handle 12 self 0 ×2
        project 12 self 0 ×2
          parse 12 self 12 ×2
    unattributed 1 self 0 ×1
      handle 1 self 1 ×1
  handler Books 16 self 0 ×1
    phase project 16 self 0 ×1
      handle 16 self 0 ×1
        project 16 self 16 ×1
  outside 12 self 0 ×2
    start 12 self 12 ×2`.trim();

test('the phases view groups stacks under handler and phase, outside last', () => {
  assert.equal(text('phases'), PHASED);
});

test('nodes with equal stacks are one box even when the capture has them apart', () => {
  assert.equal(text('phases', true), PHASED);
  assert.equal(text('left-heavy', true), text('left-heavy'));
  assert.equal(text('time-order', true), text('time-order'));
});

test('the left-heavy view merges equal stacks, widest first', () => {
  assert.equal(
    text('left-heavy'),
    `
root 52 self 0 ×8
  handle 34 self 1 ×6
    project 28 self 16 ×3
      parse 12 self 12 ×2
    parse 3 self 3 ×1
    build 2 self 2 ×1
  start 12 self 12 ×2
  unsampled 6 self 6 ×0`.trim(),
  );
});

test('the time order merges only stacks that follow each other', () => {
  assert.equal(
    text('time-order'),
    `
root @0 52 self 0 ×8
  start @0 5 self 5 ×1
  handle @5 9 self 0 ×3
    build @5 2 self 2 ×1
    parse @7 3 self 3 ×1
    project @10 4 self 0 ×1
      parse @10 4 self 4 ×1
  unsampled @14 6 self 6 ×0
  handle @20 25 self 1 ×3
    project @21 24 self 16 ×2
      parse @21 8 self 8 ×1
  start @45 7 self 7 ×1`.trim(),
  );
});

test('a box lies in a phase only when all of its rows do', () => {
  const profile = profileOf(ROWS, HANDLERS);
  const tree = buildCallTree(profile, 'left-heavy');
  const named = new Map(
    Array.from({ length: tree.length }, (_, box) => [
      profile.strings[profile.frames.name[tree.subject[box] ?? 0] ?? 0],
      tree.phase[box],
    ]),
  );
  assert.equal(named.get('project'), PHASES.indexOf('project'));
  assert.equal(named.get('build'), PHASES.indexOf('filter_build'));
  assert.equal(named.get('handle'), NO_PHASE);
  assert.equal(named.get('start'), NO_PHASE);
});

test('a box above boxes of several phases lies in none', () => {
  const profile = profileOf(
    [
      { stack: 'a b', micros: 1, operation: 0, phase: 'unmarshal' },
      { stack: 'a c', micros: 1, operation: 0, phase: 'project' },
    ],
    ['Loans'],
  );
  for (const view of ['left-heavy', 'time-order'] as const) {
    const phases = [...buildCallTree(profile, view).phase].map((phase) => PHASES[phase] ?? 'none');
    assert.deepEqual(phases, ['none', 'none', 'unmarshal', 'project']);
  }
});

test('time in which no sample fell is a box of its own below its phase, and parts equal stacks in time', () => {
  const unsampled = { stack: '', micros: 3, operation: 0, unsampled: true } as const;
  const profile = profileOf(
    [
      { stack: 'a', micros: 1, operation: 0, phase: 'decide' },
      { ...unsampled, phase: 'decide' },
      { ...unsampled, phase: 'project' },
      { stack: 'a', micros: 1, operation: 0, phase: 'project' },
      unsampled,
    ],
    ['Loans'],
  );
  assert.equal(
    treeAsText(profile, buildCallTree(profile, 'phases')),
    `
root 11 self 0 ×2
  handler Loans 11 self 0 ×2
    phase decide 4 self 0 ×1
      a 1 self 1 ×1
      unsampled 3 self 3 ×0
    phase project 4 self 0 ×1
      a 1 self 1 ×1
      unsampled 3 self 3 ×0
    unattributed 3 self 0 ×0
      unsampled 3 self 3 ×0`.trim(),
  );
  assert.equal(
    treeAsText(profile, buildCallTree(profile, 'time-order')),
    `
root @0 11 self 0 ×2
  a @0 1 self 1 ×1
  unsampled @1 6 self 6 ×0
  a @7 1 self 1 ×1
  unsampled @8 3 self 3 ×0`.trim(),
  );
});

test('a sample that was captured on the root is self time of the box above the stacks', () => {
  const profile = profileOf([{ stack: '', micros: 3, operation: 0, phase: 'decide' }], ['Loans']);
  assert.match(treeAsText(profile, buildCallTree(profile, 'phases')), /phase decide 3 self 3 ×1$/);
});

test('a gap in time parts equal stacks and is self time of the root', () => {
  const profile = profileOf([
    { stack: 'a b', micros: 10 },
    { stack: 'a b', micros: 10 },
  ]);
  profile.samples.time[1] = 30;
  assert.equal(
    treeAsText(profile, buildCallTree({ ...profile, durationMicros: 40 }, 'time-order')),
    `
root @0 40 self 20 ×2
  a @0 10 self 0 ×1
    b @0 10 self 10 ×1
  a @30 10 self 0 ×1
    b @30 10 self 10 ×1`.trim(),
  );
});

test('a profile without samples is a root alone', () => {
  for (const view of ['phases', 'left-heavy', 'time-order'] as const) {
    const tree = buildCallTree(profileOf([]), view);
    assert.deepEqual([tree.length, tree.maxDepth, tree.total[0]], [1, 0, 0]);
  }
});

test('a stack of 60,000 calls costs no recursion', () => {
  const profile = profileOf([]);
  const depth = 60_000;
  const deep = {
    ...profile,
    nodes: {
      length: depth + 1,
      parent: Int32Array.from({ length: depth + 1 }, (_, node) => node - 1),
      frame: new Uint32Array(depth + 1),
    },
    samples: profileOf([{ stack: '', micros: 1 }]).samples,
  };
  deep.samples.node[0] = depth;
  for (const view of ['phases', 'left-heavy', 'time-order'] as const) {
    const tree = buildCallTree(deep, view);
    assert.equal(tree.maxDepth, view === 'phases' ? depth + 1 : depth);
    assert.equal(tree.total[tree.length - 1], 1);
  }
});

test('a picture of more than 8 million boxes is refused with its limit, and soon', () => {
  const depth = 60_000;
  const rows = Array.from({ length: 400 }, (_, row) => ({ stack: row % 2 === 0 ? 'a' : 'b', micros: 1 }));
  const shallow = profileOf(rows);
  // Node 2 (b) stands at the root; a chain below node 1 (a) makes every other row open 60,000 boxes.
  const parent = Int32Array.from({ length: depth }, (_, node) =>
    node < 3 ? Math.min(node - 1, 0) : node - 1,
  );
  parent[3] = 1;
  const deep = {
    ...shallow,
    nodes: { length: depth, parent, frame: Uint32Array.from(parent, (_, node) => (node === 2 ? 2 : 1)) },
    samples: {
      ...shallow.samples,
      node: shallow.samples.node.map((node) => (node === 1 ? depth - 1 : node)),
    },
  };
  assert.throws(() => buildCallTree(deep, 'time-order'), {
    code: 'picture_too_large',
    message: /8,388,608 boxes/,
  });
});
