import assert from 'node:assert/strict';
import { test } from 'node:test';
import { calleesOf } from '../../server/protocol/profile/callees-of.ts';
import { callersOf } from '../../server/protocol/profile/callers-of.ts';
import { groupFrames } from '../../server/protocol/profile/frame-groups.ts';
import { invertedTree } from '../../server/protocol/profile/inverted-tree.ts';
import type { Profile } from '../../server/protocol/profile/profile.ts';
import { deepProfile, profileOf, treeAsText } from './profile-as-text.ts';
import { profileFrom } from './stacks-as-text.ts';

const PROFILE = profileFrom(`
  main 1
    read 2
      parse 4 8
    write
      parse 16
        copy 32`);

function frameNamed({ frames, strings }: Profile, name: string): number {
  return frames.name.findIndex((own) => strings[own] === name);
}

test('the inverted tree has functions by their own time, and below each who called it', () => {
  assert.equal(
    treeAsText(PROFILE, invertedTree(PROFILE, { leastShare: 0 })),
    `
root 63 self 0 ×6
  copy 32 self 0 ×1
    parse 32 self 0 ×1
      write 32 self 0 ×1
        main 32 self 32 ×1
  parse 28 self 0 ×3
    write 16 self 0 ×1
      main 16 self 16 ×1
    read 12 self 0 ×2
      main 12 self 12 ×2
  read 2 self 0 ×1
    main 2 self 2 ×1
  main 1 self 1 ×1`.trim(),
  );
});

test('callers too small to be seen are left out, and their time stays with the box above', () => {
  assert.equal(
    treeAsText(PROFILE, invertedTree(PROFILE, { leastShare: 0.2 })),
    `
root 63 self 3 ×6
  copy 32 self 0 ×1
    parse 32 self 0 ×1
      write 32 self 0 ×1
        main 32 self 32 ×1
  parse 28 self 12 ×3
    write 16 self 0 ×1
      main 16 self 16 ×1`.trim(),
  );
});

test('time without a sample and time on the root stand in the inverted tree too', () => {
  const profile = profileOf([
    { stack: 'a', micros: 1 },
    { stack: '', micros: 2 },
    { stack: '', micros: 4, unsampled: true },
  ]);
  assert.equal(
    treeAsText(profile, invertedTree(profile)),
    `
root 7 self 2 ×2
  a 1 self 1 ×1
  unsampled 4 self 4 ×0`.trim(),
  );
});

test('the callers of a function have the time that it and what it calls took for them', () => {
  assert.equal(
    treeAsText(PROFILE, callersOf(PROFILE, frameNamed(PROFILE, 'parse'))),
    `
root 60 self 0 ×4
  parse 60 self 0 ×4
    write 48 self 0 ×2
      main 48 self 48 ×2
    read 12 self 0 ×2
      main 12 self 12 ×2`.trim(),
  );
});

test('the callees of a function are merged over all its callers', () => {
  assert.equal(
    treeAsText(PROFILE, calleesOf(PROFILE, frameNamed(PROFILE, 'parse'))),
    `
root 60 self 0 ×4
  parse 60 self 28 ×4
    copy 32 self 32 ×1`.trim(),
  );
});

test('of a recursion the outermost call counts, and the inner ones stand below it', () => {
  const profile = profileFrom(`
    main
      walk 1
        step
          walk 2
            leaf 4
    walk 8`);
  const walk = frameNamed(profile, 'walk');
  assert.equal(
    treeAsText(profile, callersOf(profile, walk)),
    `
root 15 self 0 ×4
  walk 15 self 8 ×4
    main 7 self 7 ×3`.trim(),
  );
  assert.equal(
    treeAsText(profile, calleesOf(profile, walk)),
    `
root 15 self 0 ×4
  walk 15 self 9 ×4
    step 6 self 0 ×2
      walk 6 self 2 ×2
        leaf 4 self 4 ×1`.trim(),
  );
});

test('callers and callees of a file are those of all its functions', () => {
  const profile = profileFrom(`
    main
      query@client.js:1
        send@client.js:9 1
          write@socket.js 2
      end@client.js:20 4`);
  const groups = groupFrames(profile, 'file');
  const client = groups.groupOf[frameNamed(profile, 'send')] ?? -1;
  assert.equal(
    treeAsText(profile, calleesOf(profile, client, groups)),
    `
root 7 self 0 ×3
  query 7 self 4 ×3
    query 3 self 1 ×2
      write 2 self 2 ×1`.trim(),
  );
  assert.equal(
    treeAsText(profile, callersOf(profile, client, { groups })),
    `
root 7 self 0 ×3
  query 7 self 0 ×3
    main 7 self 7 ×3`.trim(),
  );
});

test('a function that never ran has neither callers nor callees', () => {
  assert.equal(treeAsText(PROFILE, callersOf(PROFILE, 999)), 'root 0 self 0 ×0');
  assert.equal(treeAsText(PROFILE, calleesOf(PROFILE, 999)), 'root 0 self 0 ×0');
});

test('the inverted tree of a stack of 60,000 calls costs no recursion', () => {
  const depth = 60_000;
  const deep = deepProfile(depth);
  assert.equal(invertedTree(deep).maxDepth, depth);
  assert.equal(callersOf(deep, 1).maxDepth, 1);
  assert.equal(calleesOf(deep, 1).maxDepth, depth);
});
