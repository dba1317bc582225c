import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { modelOf } from '../../webview/flame/model.ts';
import type { PatternTester } from '../../webview/flame/pattern-tester.ts';
import { parseQuery, search } from '../../webview/flame/search.ts';
import { SearchState } from '../../webview/flame/search-state.ts';
import { profileOf } from './profile-as-text.ts';

const profile = profileOf(
  [
    { stack: 'run project fold', micros: 30, operation: 0, phase: 'project' },
    { stack: 'run project fold project', micros: 10, operation: 0, phase: 'project' },
    { stack: 'run parse', micros: 60, operation: 0, phase: 'unmarshal' },
  ],
  ['Books'],
);

function testOf(typed: string): (text: string) => boolean {
  const query = parseQuery(typed);
  if (query.kind === 'test') return query.test;
  assert.equal(query.kind, 'pattern');
  return query.kind === 'pattern' ? (text) => query.pattern.test(text) : () => false;
}

/** Stands for the worker of a page. */
const patterns: PatternTester = {
  test: async (pattern, texts) => new Set(texts.filter((text) => pattern.test(text))),
};
const stateOf = (answered: () => void = () => undefined) => new SearchState(patterns, answered);

function found(typed: string) {
  const model = modelOf(profile, 'left-heavy');
  const { boxes, totalMicros } = search(model, testOf(typed));
  return { names: [...boxes].map((box) => model.name(box)), totalMicros };
}

describe('the search', () => {
  test('finds text in any case', () => {
    assert.deepEqual(found('FOL').names, ['fold']);
  });

  test('counts the time of a match inside a match once', () => {
    assert.deepEqual(found('project'), { names: ['project', 'project'], totalMicros: 40 });
  });

  test('takes what stands between slashes as a regular expression', () => {
    assert.deepEqual(found('/^p/').names, ['parse', 'project', 'project']);
    assert.deepEqual(found('/^P/i').names, ['parse', 'project', 'project']);
  });

  test('gives the same answer again for a pattern that would keep its place', () => {
    const test = testOf('/project/g');
    assert.deepEqual([test('project'), test('project'), test('project')], [true, true, true]);
  });

  test('finds by a pattern as soon as that was tested, and forgets the answer to an older question', async () => {
    const model = modelOf(profile, 'left-heavy');
    const { promise, resolve } = Promise.withResolvers<void>();
    const state = stateOf(() => resolve());
    state.ask(model, '/^run/');
    state.ask(model, '/^p/');
    assert.equal(state.describe(), 'searching \u2026');
    await promise;
    assert.match(state.describe(), /^3 matches/);
    state.ask(model, '/^p/');
    state.ask(model, '');
    assert.equal(state.describe(), '');
  });

  test('says so when a pattern takes too long', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const state = new SearchState({ test: async () => 'too-slow' }, resolve);
    state.ask(modelOf(profile, 'left-heavy'), '/(p+)+$/');
    await promise;
    assert.match(state.describe(), /takes too long/);
    assert.ok(state.isWrong);
    assert.ok(state.isMatch(1), 'nothing is set back');
  });

  test('says what is wrong with a pattern instead of failing', () => {
    const query = parseQuery('/(/');
    assert.equal(query.kind, 'invalid');
    const state = stateOf();
    state.ask(modelOf(profile, 'phases'), '/(/');
    assert.match(state.describe(), /regular expression/i);
    assert.ok(state.isWrong);
  });

  test('looks for nothing when nothing was typed', () => {
    assert.equal(parseQuery('  ').kind, 'none');
  });

  test('goes around the matches in both directions and says where it is', () => {
    const state = stateOf();
    const model = modelOf(profile, 'left-heavy');
    state.ask(model, 'project');
    assert.equal(state.describe(), '2 matches, 40.0 % of operations');
    const first = state.step(1);
    assert.equal(state.describe(), '1 of 2 matches, 40.0 % of operations');
    const second = state.step(1);
    assert.notEqual(first, second);
    assert.equal(state.step(1), first);
    assert.equal(state.step(-1), second);
    state.ask(model, 'project');
    assert.equal(state.step(-1), second);
  });

  test('reckons time outside of operations as a share of the recording', () => {
    const mixed = profileOf(
      [
        { stack: 'run', micros: 50, operation: 0, phase: 'project' },
        { stack: 'boot', micros: 50 },
      ],
      ['Books'],
    );
    const state = stateOf();
    state.ask(modelOf(mixed, 'phases'), 'boot');
    assert.equal(state.describe(), '1 match, 50.0 % of the recording');
  });
});
