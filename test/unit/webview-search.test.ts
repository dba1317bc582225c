import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { modelOf } from '../../webview/flame/model.ts';
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

function found(typed: string) {
  const model = modelOf(profile, 'left-heavy');
  const query = parseQuery(typed);
  assert.equal(query.kind, 'test');
  const { boxes, totalMicros } = search(model, query.kind === 'test' ? query.test : () => false);
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
    const query = parseQuery('/project/g');
    assert.equal(query.kind, 'test');
    if (query.kind !== 'test') return;
    assert.deepEqual(
      [query.test('project'), query.test('project'), query.test('project')],
      [true, true, true],
    );
  });

  test('says what is wrong with a pattern instead of failing', () => {
    const query = parseQuery('/(/');
    assert.equal(query.kind, 'invalid');
    const state = new SearchState();
    state.ask(modelOf(profile, 'phases'), '/(/');
    assert.match(state.describe(), /regular expression/i);
    assert.ok(state.isWrong);
  });

  test('looks for nothing when nothing was typed', () => {
    assert.equal(parseQuery('  ').kind, 'none');
  });

  test('goes around the matches in both directions and says where it is', () => {
    const state = new SearchState();
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
    const state = new SearchState();
    state.ask(modelOf(mixed, 'phases'), 'boot');
    assert.equal(state.describe(), '1 match, 50.0 % of the recording');
  });
});
