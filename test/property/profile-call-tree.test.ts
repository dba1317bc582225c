import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { PHASES } from '../../server/protocol/phase.ts';
import { buildCallTree } from '../../server/protocol/profile/build-call-tree.ts';
import { BOX_KINDS, type CallTree, VIEWS } from '../../server/protocol/profile/call-tree.ts';
import { decodeProfile } from '../../server/protocol/profile/decode-profile.ts';
import { encodeProfile } from '../../server/protocol/profile/encode-profile.ts';
import type { Profile } from '../../server/protocol/profile/profile.ts';
import { ProfileFormatError } from '../../server/protocol/profile/profile-format-error.ts';
import { profileOf } from '../unit/profile-as-text.ts';

const rows = fc.array(
  fc
    .record({
      stack: fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 6 }).map((names) => names.join(' ')),
      micros: fc.integer({ min: 0, max: 100_000 }).map((tenths) => tenths / 10),
      operation: fc.constantFrom(undefined, 0, 1, 2),
      phase: fc.constantFrom(undefined, ...PHASES),
      unsampled: fc.boolean(),
    })
    .map(({ stack, micros, operation, phase, unsampled }) => ({
      ...(unsampled ? { stack: '', unsampled } : { stack }),
      micros,
      ...(operation === undefined ? {} : { operation, ...(phase === undefined ? {} : { phase }) }),
    })),
  { maxLength: 60 },
);
const profiles = fc.tuple(rows, fc.boolean()).map(([list, fresh]) => profileOf(list, ['A', 'B', 'A'], fresh));

/** Microseconds; sums of some sixty durations in different orders. */
const ROUNDING = 1e-6;

function holds(check: (profile: Profile, tree: CallTree) => void): void {
  fc.assert(
    fc.property(profiles, fc.constantFrom(...VIEWS), (profile, view) =>
      check(profile, buildCallTree(profile, view)),
    ),
    { numRuns: 400 },
  );
}

test('time and samples are conserved: the root has them all, and every box those of its own and below it', () => {
  holds(({ samples }, tree) => {
    assertClose(tree.total[0], sum(samples.duration));
    assertClose(sum(tree.self), sum(samples.duration));
    assert.equal(
      tree.count[0],
      samples.captured.reduce((sum, captured) => sum + captured, 0),
    );
    for (let box = 0; box < tree.length; box++) assert.ok(childCounts(tree, box) <= (tree.count[box] ?? 0));
  });
});

test('self and children add up to total in every box', () => {
  holds((_, tree) => {
    const below = new Float64Array(tree.length);
    for (let box = 1; box < tree.length; box++) add(below, tree.parent[box], tree.total[box]);
    for (let box = 0; box < tree.length; box++) {
      assertClose(tree.total[box], (tree.self[box] ?? 0) + (below[box] ?? 0));
    }
  });
});

test('boxes stand in preorder, one deeper than their parent', () => {
  holds((_, tree) => {
    const ancestors: number[] = [];
    for (let box = 0; box < tree.length; box++) {
      const depth = tree.depth[box] ?? 0;
      ancestors.length = depth;
      assert.equal(tree.parent[box], ancestors.at(-1) ?? -1);
      ancestors.push(box);
    }
    assert.equal(tree.maxDepth, Math.max(...tree.depth));
  });
});

test('children lie inside their parent, side by side and in order', () => {
  holds((_, tree) => {
    const free = Float64Array.from(tree.start);
    for (let box = 1; box < tree.length; box++) {
      const parent = tree.parent[box] ?? 0;
      const end = (tree.start[box] ?? 0) + (tree.total[box] ?? 0);
      assert.ok((tree.start[box] ?? 0) >= (free[parent] ?? 0) - ROUNDING);
      assert.ok(end <= (tree.start[parent] ?? 0) + (tree.total[parent] ?? 0) + ROUNDING);
      free[parent] = end;
    }
  });
});

test('time without a sample is in boxes of its own, nowhere else', () => {
  holds(({ samples }, tree) => {
    const isUnsampled = (box: number) => BOX_KINDS[tree.kind[box] ?? 0] === 'unsampled';
    const unsampled = samples.duration.filter((_, row) => samples.captured[row] === 0);
    assertClose(sum(tree.self.filter((_, box) => isUnsampled(box))), sum(unsampled));
    assert.ok(tree.count.every((count, box) => !isUnsampled(box) || count === 0));
  });
});

test('siblings of a merged view are different subjects', () => {
  holds((_, tree) => {
    if (tree.view === 'time-order') return;
    const seen = new Set<string>();
    for (let box = 0; box < tree.length; box++) {
      const key = `${tree.parent[box]} ${tree.kind[box]} ${tree.subject[box]}`;
      assert.ok(!seen.has(key));
      seen.add(key);
    }
  });
});

test('the phases view gives each phase of each handler exactly the rows recorded for it', () => {
  holds((profile, tree) => {
    if (tree.view !== 'phases') return;
    const recorded = recordedTimes(profile);
    for (const [key, micros] of groupTimes(tree)) {
      assertClose(micros, recorded.get(key) ?? Number.NaN);
      recorded.delete(key);
    }
    assert.equal(recorded.size, 0);
  });
});

test('any profile survives encoding', () => {
  fc.assert(
    fc.property(profiles, (profile) => {
      assert.deepEqual(decodeProfile(encodeProfile(profile)), profile);
    }),
  );
});

test('flipped bytes end in a profile that can be drawn or in a refusal, never in anything else', () => {
  const flips = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 })), {
    minLength: 1,
    maxLength: 8,
  });
  fc.assert(
    fc.property(profiles, flips, (profile, changes) => {
      const buffer = encodeProfile(profile);
      const bytes = new Uint8Array(buffer);
      for (const [place, flip] of changes) {
        const at = place % bytes.length;
        bytes[at] = (bytes[at] ?? 0) ^ flip;
      }
      const decoded = decodedOrRefused(buffer);
      if (decoded !== undefined) for (const view of VIEWS) buildCallTree(decoded, view);
    }),
    { numRuns: 2000 },
  );
});

function childCounts(tree: CallTree, box: number): number {
  return tree.count.reduce((sum, count, child) => (tree.parent[child] === box ? sum + count : sum), 0);
}

/** Microseconds by handler and phase, straight from the rows. */
function recordedTimes({ samples, operations }: Profile): Map<string, number> {
  const times = new Map<string, number>();
  for (let row = 0; row < samples.length; row++) {
    const operation = samples.operation[row] ?? -1;
    const key = operation < 0 ? 'outside' : `${operations.handler[operation]} ${samples.phase[row]}`;
    times.set(key, (times.get(key) ?? 0) + (samples.duration[row] ?? 0));
  }
  return times;
}

/** The same from the boxes that stand for handler and phase. */
function groupTimes(tree: CallTree): [string, number][] {
  return Array.from(tree.kind, (index, box): [string, number] | undefined => {
    const kind = BOX_KINDS[index];
    if (kind === 'outside') return [kind, tree.total[box] ?? 0];
    if (kind !== 'phase' && kind !== 'unattributed') return undefined;
    return [`${tree.subject[tree.parent[box] ?? 0]} ${tree.phase[box]}`, tree.total[box] ?? 0];
  }).filter((entry) => entry !== undefined);
}

function decodedOrRefused(buffer: ArrayBuffer): Profile | undefined {
  try {
    return decodeProfile(buffer);
  } catch (error) {
    assert.ok(error instanceof ProfileFormatError);
    return undefined;
  }
}

function sum(column: Float64Array): number {
  return column.reduce((total, value) => total + value, 0);
}

function add(column: Float64Array, at = 0, value = 0): void {
  column[at] = (column[at] ?? 0) + value;
}

function assertClose(actual: number | undefined, expected: number): void {
  assert.ok(Math.abs((actual ?? Number.NaN) - expected) <= ROUNDING, `${actual} is not ${expected}`);
}
