import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type FrameGrouping, groupFrames } from '../../server/protocol/profile/frame-groups.ts';
import { frameTimes, NO_FRAME, NO_SAMPLE } from '../../server/protocol/profile/frame-times.ts';
import { nodeTimes } from '../../server/protocol/profile/node-times.ts';
import { CATEGORIES, type Profile } from '../../server/protocol/profile/profile.ts';
import { allRows } from '../../server/protocol/profile/row-groups.ts';
import { deepProfile, profileOf } from './profile-as-text.ts';
import { profileFrom } from './stacks-as-text.ts';

/** One line for each group of frames, longest total first: name, self and total with samples. */
function timesAsText(profile: Profile, by: FrameGrouping = 'frame'): string {
  const groups = groupFrames(profile, by);
  const times = frameTimes(profile, allRows(profile), groups);
  const { strings, frames } = profile;
  const nameOf = (group: number) => {
    if (group === NO_FRAME) return '(none)';
    if (group === NO_SAMPLE) return '(no sample)';
    const frame = groups.first[group] ?? 0;
    if (by === 'category') return CATEGORIES[frames.category[frame] ?? 0];
    return strings[(by === 'file' || by === 'package' ? frames.file : frames.name)[frame] ?? 0];
  };
  return Array.from(times.frames, (group, line) => ({ group, line }))
    .toSorted((a, b) => (times.total[b.line] ?? 0) - (times.total[a.line] ?? 0) || a.group - b.group)
    .map(
      ({ group, line }) =>
        `${nameOf(group)} self ${times.self[line]} ×${times.selfCount[line]} total ${times.total[line]} ×${times.totalCount[line]}`,
    )
    .join('\n');
}

test('self is the time at the end of a stack, total that anywhere in it', () => {
  const profile = profileFrom(`
    main 1
      read 2
        parse 4 8
      parse 16`);
  assert.equal(
    timesAsText(profile),
    `
main self 1 ×1 total 31 ×5
parse self 28 ×3 total 28 ×3
read self 2 ×1 total 14 ×3`.trim(),
  );
});

test('a function that calls itself counts once in its total', () => {
  const profile = profileFrom(`
    main
      walk 1
        walk 2
          walk 4
          leaf 8
      leaf 16`);
  assert.equal(
    timesAsText(profile),
    `
main self 0 ×0 total 31 ×5
leaf self 24 ×2 total 24 ×2
walk self 7 ×3 total 15 ×4`.trim(),
  );
});

test('functions that call each other in turn count once each', () => {
  const profile = profileFrom(`
    even 1
      odd 2
        even 4
          odd 8
    odd 16
      even 32`);
  assert.equal(
    timesAsText(profile),
    `
odd self 26 ×3 total 62 ×5
even self 37 ×3 total 47 ×5`.trim(),
  );
});

test('a function counts once regardless of the line, a file and a package once regardless of the function', () => {
  const profile = profileFrom(`
    main@src/main.ts:1 1
      load@src/load.ts:1 2
        load@src/load.ts:9 4
          query@/app/node_modules/pg/lib/client.js:5#package 8
            send@/app/node_modules/pg/lib/connection.js:7#package 16
              on@node:events#node 32
        query@/app/node_modules/pg/lib/client.js:6#package 64`);
  assert.equal(
    timesAsText(profile, 'function'),
    `
main self 1 ×1 total 127 ×7
load self 6 ×2 total 126 ×6
query self 72 ×2 total 120 ×4
send self 16 ×1 total 48 ×2
on self 32 ×1 total 32 ×1`.trim(),
  );
  assert.match(timesAsText(profile, 'file'), /^src\/load.ts self 6 ×2 total 126 ×6$/m);
  assert.match(
    timesAsText(profile, 'package'),
    /^\/app\/node_modules\/pg\/lib\/client.js self 88 ×3 total 120 ×4$/m,
  );
  assert.match(timesAsText(profile, 'category'), /^package self 88 ×3 total 120 ×4$/m);
});

test('time on the root and time without a sample are no function', () => {
  const profile = profileOf([
    { stack: 'a', micros: 1 },
    { stack: '', micros: 2 },
    { stack: '', micros: 4, unsampled: true },
  ]);
  assert.equal(
    timesAsText(profile),
    `
(no sample) self 4 ×0 total 4 ×0
(none) self 2 ×1 total 2 ×1
a self 1 ×1 total 1 ×1`.trim(),
  );
});

test('every node has its own time and that below it', () => {
  const times = nodeTimes(
    profileFrom(`
      main 1
        read 2
          parse 4 8
        parse 16`),
  );
  assert.deepEqual([...times.self], [0, 1, 2, 12, 16]);
  assert.deepEqual([...times.total], [31, 31, 14, 12, 16]);
  assert.deepEqual([...times.count], [0, 1, 1, 2, 1]);
  assert.deepEqual([...times.countTotal], [5, 5, 3, 2, 1]);
});

test('a stack of 60,000 calls costs no recursion', () => {
  const deep = deepProfile(60_000);
  assert.equal(timesAsText(deep), 'a self 1 ×1 total 1 ×1');
});
