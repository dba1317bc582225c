import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { NO_PHASE, PHASES } from '../../server/protocol/phase.ts';
import { attribution } from '../../server/protocol/profile/attribution.ts';
import type { CallTree, TreeShape } from '../../server/protocol/profile/call-tree.ts';
import { calleesOf } from '../../server/protocol/profile/callees-of.ts';
import { callersOf } from '../../server/protocol/profile/callers-of.ts';
import { checkProfile } from '../../server/protocol/profile/check-profile.ts';
import { cutToRange } from '../../server/protocol/profile/cut-to-range.ts';
import { filterByFrames } from '../../server/protocol/profile/filter-by-frames.ts';
import { filterByOperations } from '../../server/protocol/profile/filter-by-operations.ts';
import {
  type FrameGrouping,
  type FrameGroups,
  groupFrames,
} from '../../server/protocol/profile/frame-groups.ts';
import { frameTimes } from '../../server/protocol/profile/frame-times.ts';
import { invertedTree } from '../../server/protocol/profile/inverted-tree.ts';
import { mergeEqualStacks } from '../../server/protocol/profile/merge-equal-stacks.ts';
import { nodeTimes } from '../../server/protocol/profile/node-times.ts';
import type { Profile } from '../../server/protocol/profile/profile.ts';
import { allRows } from '../../server/protocol/profile/row-groups.ts';
import { profileOf } from '../unit/profile-as-text.ts';
import { withPlaces } from '../unit/stacks-as-text.ts';
import {
  addTo,
  callees,
  callers,
  frameTimesOf,
  inverted,
  type Node,
  nodeTree,
  pathsOf,
  stackOf,
} from './support/naive-profile.ts';

// Few names in few files at few lines, so that stacks repeat and functions call themselves and each other.
const frame = fc.constantFrom(
  ...['a@x.ts:1', 'a@x.ts:2', 'b@x.ts:3', 'b@/m/node_modules/p/i.js:1#package', 'c#native', '@x.ts:4', 'd'],
);
const rows = fc.array(
  fc
    .record({
      stack: fc.array(frame, { maxLength: 6 }).map((names) => names.join(' ')),
      // Halves are exact: sums are the same in every order.
      micros: fc.nat({ max: 1000 }).map((halves) => halves / 2),
      operation: fc.constantFrom(undefined, 0, 1, 2, 3),
      phase: fc.constantFrom(undefined, 'unmarshal', 'project', 'append'),
      unsampled: fc.boolean(),
    })
    .map(({ stack, micros, operation, phase, unsampled }) => ({
      ...(unsampled ? { stack: '', unsampled } : { stack }),
      micros,
      ...(operation === undefined ? {} : { operation, ...(phase === undefined ? {} : { phase }) }),
    })),
  { maxLength: 40 },
);
const profiles = fc
  .tuple(rows, fc.boolean())
  .map(([list, fresh]) => withPlaces(profileOf(list as never, ['A', 'B', 'A', 'C'], fresh)));
const groupings = fc.constantFrom<FrameGrouping>('frame', 'function', 'file', 'package', 'category');

function holds(check: (profile: Profile, groups: FrameGroups, by: FrameGrouping) => void): void {
  fc.assert(
    fc.property(profiles, groupings, (profile, by) => check(profile, groupFrames(profile, by), by)),
    { numRuns: 500 },
  );
}

test('self and total of nodes are those that a recursive sum finds', () => {
  holds((profile) => {
    const times = nodeTimes(profile);
    const visit = ({ node, self, children }: Node): number => {
      const total = children.reduce((sum, child) => sum + visit(child), self);
      assert.deepEqual([times.self[node], times.total[node]], [self, total]);
      return total;
    };
    visit(nodeTree(profile));
  });
});

test('self and total of functions are those of the stacks in which they stand, counted once', () => {
  holds((profile, groups) => {
    const times = frameTimes(profile, allRows(profile), groups);
    const found = Object.fromEntries(
      Array.from(times.frames, (group, line) => [
        group,
        [times.self[line], times.total[line], times.selfCount[line], times.totalCount[line]],
      ]),
    );
    assert.deepEqual(
      found,
      frameTimesOf(profile, groups, () => true),
    );
  });
});

test('the attribution has each function of each phase of each handler, and nothing else', () => {
  holds((profile, groups) => {
    const table = attribution(profile, groups);
    const lines = new Map<string, Record<string, unknown>>();
    for (let line = 0; line < table.length; line++) {
      const key = `${table.handler[line]} ${table.phase[line]}`;
      const found = lines.get(key) ?? {};
      lines.set(key, found);
      found[String(table.frames[line])] = [
        ...[table.self[line], table.total[line], table.selfCount[line], table.totalCount[line]],
      ];
      const handler = table.handler[line] ?? -1;
      const operations = profile.operations.handler.filter((own) => own === handler).length;
      assert.equal(table.operations[line], operations);
    }
    const keyOf = (row: number) => {
      const operation = profile.samples.operation[row] ?? -1;
      if (operation < 0) return `-1 ${NO_PHASE}`;
      return `${profile.operations.handler[operation]} ${profile.samples.phase[row]}`;
    };
    const keys = new Set(Array.from(profile.samples.node, (_, row) => keyOf(row)));
    assert.deepEqual(new Set(lines.keys()), keys);
    for (const key of keys) {
      assert.deepEqual(
        lines.get(key),
        frameTimesOf(profile, groups, (row) => keyOf(row) === key),
      );
    }
  });
});

test('the inverted tree has every stack from its end, with its time', () => {
  holds((profile, groups) => {
    const tree = invertedTree(profile, { leastShare: 0, groups });
    assert.deepEqual(pathsOf(tree), inverted(profile, groups));
    assertLawful(tree);
  });
});

test('a pruned inverted tree loses boxes and no time', () => {
  fc.assert(
    fc.property(profiles, fc.double({ min: 0, max: 1, noNaN: true }), (profile, leastShare) => {
      const tree = invertedTree(profile, { leastShare });
      assertLawful(tree);
      assert.equal(tree.total[0], sum(profile.samples.duration));
      const all = pathsOf(invertedTree(profile, { leastShare: 0 }));
      for (const [path, micros] of pathsOf(tree)) assert.equal(micros, all.get(path));
    }),
    { numRuns: 500 },
  );
});

test('callers and callees of a function have every stack in which it stands', () => {
  holds((profile, groups) => {
    for (let group = 0; group < groups.length; group++) {
      const above = callersOf(profile, group, { leastShare: 0, groups });
      const below = calleesOf(profile, group, groups);
      assert.deepEqual(pathsOf(above), callers(profile, groups, group));
      assert.deepEqual(pathsOf(below), callees(profile, groups, group));
      assertLawful(above);
      assertLawful(below);
    }
  });
});

test('merged stacks are all different and the same as before', () => {
  holds((profile, groups) => {
    const { nodes, nodeOf } = mergeEqualStacks(profile.nodes, groups);
    const merged = { ...profile, nodes };
    const seen = new Set<string>();
    for (let node = 0; node < nodes.length; node++) seen.add(String(stackOf(merged, groups, node)));
    assert.equal(seen.size, nodes.length);
    for (let node = 0; node < profile.nodes.length; node++) {
      assert.deepEqual(stackOf(merged, groups, nodeOf[node] ?? -1), stackOf(profile, groups, node));
    }
    checkProfile({
      ...merged,
      samples: { ...profile.samples, node: new Uint32Array(profile.samples.length) },
    });
  });
});

const FILTERS = [
  { by: 'name', pattern: 'a' },
  { by: 'file', pattern: 'x.ts' },
  { by: 'category', categories: ['package', 'native'] },
  { by: 'package', packages: ['p'] },
] as const;

test('keeping and hiding the same functions part the time in two, and folding changes none of it', () => {
  fc.assert(
    fc.property(profiles, fc.constantFrom(...FILTERS), (profile, condition) => {
      const kept = filterByFrames(profile, { ...condition, mode: 'keep' });
      const hidden = filterByFrames(profile, { ...condition, mode: 'hide' });
      const folded = filterByFrames(profile, { ...condition, mode: 'fold' });
      for (const filtered of [kept, hidden, folded]) checkProfile(filtered);
      const whole = sum(profile.samples.duration);
      assert.equal(sum(kept.samples.duration) + sum(hidden.samples.duration), whole);
      assert.equal(sum(folded.samples.duration), whole);
      const left = (filtered: Profile) => filterByFrames(filtered, { ...condition, mode: 'keep' });
      assert.equal(left(hidden).samples.length, 0);
      assert.equal(left(folded).samples.length, 0);
      assert.deepEqual(left(kept).samples, kept.samples);
    }),
    { numRuns: 500 },
  );
});

test('the parts of filters by handler, operation and phase add up to the whole', () => {
  fc.assert(
    fc.property(profiles, (profile) => {
      const whole = sum(profile.samples.duration);
      for (const condition of [
        { by: 'handler', handlers: ['A', 'C'] },
        { by: 'operation', operations: [0, 3] },
        { by: 'phase', phases: ['unmarshal', 'unattributed'] },
      ] as const) {
        const kept = filterByOperations(profile, { ...condition, mode: 'keep' });
        const hidden = filterByOperations(profile, { ...condition, mode: 'hide' });
        checkProfile(kept);
        checkProfile(hidden);
        assert.equal(sum(kept.samples.duration) + sum(hidden.samples.duration), whole);
        if (condition.by !== 'phase') {
          assert.equal(kept.operations.length + hidden.operations.length, profile.operations.length);
        }
      }
      const phases = [...PHASES, 'unattributed'] as const;
      const byPhase = phases.map((phase) =>
        filterByOperations(profile, { by: 'phase', phases: [phase], mode: 'keep' }),
      );
      const inOperations = profile.samples.duration.filter((_, row) => profile.samples.operation[row] !== -1);
      assert.equal(
        byPhase.reduce((all, { samples }) => all + sum(samples.duration), 0),
        sum(inOperations),
      );
    }),
    { numRuns: 300 },
  );
});

test('ranges that follow each other have the time of each function of the whole', () => {
  const edges = fc.array(
    fc.nat({ max: 20_000 }).map((halves) => halves / 2),
    { maxLength: 5 },
  );
  fc.assert(
    fc.property(profiles, edges, (profile, inner) => {
      const cuts = [0, ...inner.toSorted((a, b) => a - b), Number.POSITIVE_INFINITY];
      const whole = new Map<string, number>();
      const parts = new Map<string, number>();
      addTo(whole, profile);
      for (const [at, from] of cuts.slice(0, -1).entries()) {
        const range = cutToRange(profile, { from, to: cuts[at + 1] ?? 0 });
        checkProfile(range);
        assert.ok(
          range.samples.time.every(
            (time, row) => time >= 0 && time + (range.samples.duration[row] ?? 0) <= range.durationMicros,
          ),
        );
        addTo(parts, range);
      }
      assert.deepEqual(parts, whole);
    }),
    { numRuns: 500 },
  );
});

/** What every picture relies on: a box and its children add up, and stand where their parent stands. */
function assertLawful(tree: CallTree<TreeShape>): void {
  const below = new Float64Array(tree.length);
  for (let box = tree.length - 1; box >= 0; box--) {
    assert.equal(tree.total[box], (tree.self[box] ?? 0) + (below[box] ?? 0));
    const parent = tree.parent[box] ?? -1;
    if (parent < 0) continue;
    assert.ok(parent < box);
    below[parent] = (below[parent] ?? 0) + (tree.total[box] ?? 0);
  }
}

function sum(column: Float64Array): number {
  return column.reduce((total, value) => total + value, 0);
}
