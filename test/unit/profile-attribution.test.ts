import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PHASES, UNATTRIBUTED } from '../../server/protocol/phase.ts';
import { attribution } from '../../server/protocol/profile/attribution.ts';
import { type FrameGrouping, groupFrames } from '../../server/protocol/profile/frame-groups.ts';
import { CATEGORIES, type Profile } from '../../server/protocol/profile/profile.ts';
import { profileOf, type Row } from './profile-as-text.ts';
import { rowsFrom, withPlaces } from './stacks-as-text.ts';

/** One line for each handler, phase and function: self and total per operation; outside of operations as they are. */
function perOperation(profile: Profile, by: FrameGrouping): string[] {
  const groups = groupFrames(profile, by);
  const table = attribution(profile, groups);
  const { strings, frames } = profile;
  return Array.from(table.frames, (group, line) => {
    const frame = groups.first[group] ?? 0;
    const named =
      by === 'category' ? CATEGORIES[frames.category[frame] ?? 0] : strings[frames.name[frame] ?? 0];
    const name = group < 0 ? 'no sample' : named;
    const handler = table.handler[line] ?? -1;
    const where =
      handler < 0 ? 'outside' : `${PHASES[table.phase[line] ?? 255] ?? UNATTRIBUTED} of ${strings[handler]}`;
    const operations = table.operations[line] || 1;
    return `${name} in ${where}: ${(table.self[line] ?? 0) / operations}, ${(table.total[line] ?? 0) / operations}`;
  });
}

const parsed = (amount: number) => `
  handle
    JSON.parse#native ${amount}`;

const PROFILE = withPlaces(
  profileOf(
    [
      { stack: 'start', micros: 5 },
      ...rowsFrom(parsed(12), { operation: 0, phase: 'unmarshal' }),
      ...rowsFrom('handle 2', { operation: 0, phase: 'project' }),
      ...rowsFrom(parsed(14), { operation: 1, phase: 'unmarshal' }),
      ...rowsFrom(parsed(3), { operation: 2, phase: 'unmarshal' }),
      { stack: '', micros: 4, operation: 2, unsampled: true } satisfies Row,
    ],
    ['BooksInCirculation', 'BooksInCirculation', 'Loans'],
  ),
);

test('each function has its time per operation in each phase of each handler', () => {
  assert.deepEqual(perOperation(PROFILE, 'function').sort(), [
    'JSON.parse in unmarshal of BooksInCirculation: 13, 13',
    'JSON.parse in unmarshal of Loans: 3, 3',
    'handle in project of BooksInCirculation: 1, 1',
    'handle in unmarshal of BooksInCirculation: 0, 13',
    'handle in unmarshal of Loans: 0, 3',
    'no sample in unattributed of Loans: 4, 4',
    'start in outside: 5, 5',
  ]);
});

test('each kind of code has its time per operation in each phase of each handler', () => {
  assert.deepEqual(perOperation(PROFILE, 'category').sort(), [
    'application in outside: 5, 5',
    'application in project of BooksInCirculation: 1, 1',
    'application in unmarshal of BooksInCirculation: 0, 13',
    'application in unmarshal of Loans: 0, 3',
    'native in unmarshal of BooksInCirculation: 13, 13',
    'native in unmarshal of Loans: 3, 3',
    'no sample in unattributed of Loans: 4, 4',
  ]);
});
