import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  allOf,
  anyOf,
  everyEvents,
  olderThan,
  type SaveSituation,
  whenTailCostsMore,
} from '../../server/handling/snapshots/save-policy.ts';

const situation: SaveSituation = { eventsSinceSave: 10, msSinceSave: 5_000, tailMs: 20, saveMs: 20 };

test('A state is saved every so many events', () => {
  assert.deepEqual([everyEvents(10)(situation), everyEvents(11)(situation)], [true, false]);
});

test('A state is saved when the last save is old and there is something new', () => {
  assert.deepEqual([olderThan(5_000)(situation), olderThan(5_001)(situation)], [true, false]);
  assert.equal(olderThan(5_000)({ ...situation, eventsSinceSave: 0 }), false);
});

test('A state is saved when its tail costs a reader more than saving it', () => {
  assert.deepEqual([whenTailCostsMore()(situation), whenTailCostsMore(2)(situation)], [true, false]);
});

test('Policies are composed', () => {
  const [yes, no] = [everyEvents(1), everyEvents(100)];
  assert.deepEqual(
    [anyOf(no, yes)(situation), anyOf(no, no)(situation), anyOf()(situation)],
    [true, false, false],
  );
  assert.deepEqual([allOf(yes, yes)(situation), allOf(yes, no)(situation)], [true, false]);
});
