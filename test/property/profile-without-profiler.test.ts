import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { hotFunctions } from '../../server/profiling/hot-functions.ts';
import type { Phase } from '../../server/protocol/phase.ts';
import { checkProfile } from '../../server/protocol/profile/check-profile.ts';
import { groupFrames } from '../../server/protocol/profile/frame-groups.ts';
import { frameTimes } from '../../server/protocol/profile/frame-times.ts';
import { CATEGORIES, type Profile } from '../../server/protocol/profile/profile.ts';
import { allRows } from '../../server/protocol/profile/row-groups.ts';
import { withoutProfiler } from '../../server/protocol/profile/without-profiler.ts';
import { profileOf } from '../unit/profile-as-text.ts';
import { withPlaces } from '../unit/stacks-as-text.ts';

const frame = fc.constantFrom(
  'execute@own-handler.ts:5#profiler',
  'observed@s.ts:9#profiler',
  'a@x.ts:1',
  'b@x.ts:2',
  'c#native',
);
const rows = fc.array(
  fc.record({
    stack: fc.array(frame, { maxLength: 7 }).map((names) => names.join(' ')),
    // Halves are exact: sums are the same in every order.
    micros: fc.nat({ max: 1000 }).map((halves) => halves / 2),
    operation: fc.constantFrom(0, 1),
    phase: fc.constantFrom<Phase[]>('unmarshal', 'project', 'append'),
  }),
  { maxLength: 40 },
);

test("without the profiler's own functions every sum stays, and every other function has all of its time", () => {
  fc.assert(
    fc.property(rows, (given) => {
      const profile = withPlaces(profileOf(given, ['A', 'B']));
      const folded = withoutProfiler(profile);
      checkProfile(folded);
      assert.deepEqual(phases(folded), phases(profile));
      const [before, after] = [times(profile), times(folded)];
      assert.equal(sum(after, 'self'), sum(before, 'self'));
      for (const [name, { total, self, category }] of before) {
        if (category === 'profiler') assert.equal(after.has(name), false, name);
        // What has no caller left is time without a function.
        else if (category === '') assert.ok((after.get(name)?.self ?? 0) >= self);
        else {
          assert.equal(after.get(name)?.total, total, name);
          assert.ok((after.get(name)?.self ?? 0) >= self, name);
        }
      }
    }),
    { numRuns: 500 },
  );
});

interface Times {
  readonly self: number;
  readonly total: number;
  readonly category: string;
}

function times(profile: Profile): ReadonlyMap<string, Times> {
  const { frames, strings } = profile;
  const groups = groupFrames(profile, 'frame');
  const found = frameTimes(profile, allRows(profile), groups);
  return new Map(
    Array.from(found.frames, (group, line): [string, Times] => {
      const first = groups.first[group] ?? 0;
      const name = group < 0 ? '(no function)' : (strings[frames.name[first] ?? 0] ?? '');
      const category = group < 0 ? '' : (CATEGORIES[frames.category[first] ?? 0] ?? '');
      return [name, { self: found.self[line] ?? 0, total: found.total[line] ?? 0, category }];
    }),
  );
}

function sum(lines: ReadonlyMap<string, Times>, column: 'self'): number {
  return [...lines.values()].reduce((all, line) => all + line[column], 0);
}

function phases(profile: Profile): readonly (readonly [string, number])[] {
  return hotFunctions(profile, 0).map(({ phase, totalMicros }) => [phase, totalMicros] as const);
}
