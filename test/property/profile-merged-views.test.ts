import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { PHASES } from '../../server/protocol/phase.ts';
import { buildCallTree } from '../../server/protocol/profile/build-call-tree.ts';
import type { CallTree } from '../../server/protocol/profile/call-tree.ts';
import type { Profile } from '../../server/protocol/profile/profile.ts';
import { profileOf, type Row } from '../unit/profile-as-text.ts';
import { boxesOf, naiveView, siblingsOf } from './support/naive-views.ts';

const HANDLERS = ['A', 'B', 'A', 'C'];

/** Rows of stacks with so many different names. */
function rowsOf(names: number, deepest: number): fc.Arbitrary<Row[]> {
  const name = fc.nat({ max: names - 1 }).map((number) => `f${number}`);
  const row = fc.record({
    stack: fc.array(name, { maxLength: deepest }).map((stack) => stack.join(' ')),
    // Whole numbers: sums are the same in every order.
    micros: fc.nat({ max: 1_000_000 }),
    operation: fc.option(fc.nat({ max: HANDLERS.length - 1 }), { nil: undefined }),
    phase: fc.option(fc.constantFrom(...PHASES), { nil: undefined }),
    unsampled: fc.boolean(),
  });
  const rows = fc.array(row, { maxLength: 120, size: 'max' });
  return rows.map((list) =>
    list.map(({ stack, micros, operation, phase, unsampled }) => ({
      ...(unsampled ? { stack: '', unsampled } : { stack }),
      micros,
      ...(operation === undefined ? {} : { operation, ...(phase === undefined ? {} : { phase }) }),
    })),
  );
}

// A few names make stacks that repeat and nodes of many groups, many names make boxes with dozens of children.
const profiles = fc
  .tuple(fc.oneof(rowsOf(3, 5), rowsOf(60, 2)), fc.boolean())
  .map(([rows, fresh]) => profileOf(rows, HANDLERS, fresh));

function holds(check: (profile: Profile, tree: CallTree, view: 'phases' | 'left-heavy') => void): void {
  const views = fc.constantFrom('phases', 'left-heavy');
  fc.assert(
    fc.property(profiles, views, (profile, view) => check(profile, buildCallTree(profile, view), view)),
    { numRuns: 400 },
  );
}

test('a merged view has the boxes that one finds row by row, with their amounts and phases', () => {
  holds((profile, tree, view) => {
    if (profile.samples.length === 0) return;
    assert.deepEqual(boxesOf(tree), naiveView(profile, view));
  });
});

test('siblings stand by rank, and those of one rank the widest first', () => {
  holds((_, tree) => {
    for (const siblings of siblingsOf(tree)) {
      const ordered = siblings.toSorted((one, other) => rank(one) - rank(other) || other.total - one.total);
      assert.deepEqual(
        siblings.map((box) => [rank(box), box.total]),
        ordered.map((box) => [rank(box), box.total]),
      );
    }
  });
});

/** Phases in their own order; what belongs to none stands behind all others. */
function rank({ kind, subject }: ReturnType<typeof siblingsOf>[number][number]): number {
  if (kind === 'unattributed' || kind === 'outside' || kind === 'unsampled') return PHASES.length;
  return kind === 'phase' ? subject : 0;
}
