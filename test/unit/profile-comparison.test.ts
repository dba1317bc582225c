import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PHASES } from '../../server/protocol/phase.ts';
import { compareProfiles } from '../../server/protocol/profile/compare-profiles.ts';
import {
  ALL_FUNCTIONS,
  ALL_PHASES,
  METRICS,
  type ProfileComparison,
  VERDICTS,
} from '../../server/protocol/profile/comparison.ts';
import { packageOf, portableFile } from '../../server/protocol/profile/frame-file.ts';
import { matchFunctions } from '../../server/protocol/profile/match-functions.ts';
import type { Profile } from '../../server/protocol/profile/profile.ts';
import { profileOf, type Row } from './profile-as-text.ts';
import { profileFrom, rowsFrom, withPlaces } from './stacks-as-text.ts';

/** A profile of operations of one handler, each with the frames that `operation` writes. */
function operationsOf(count: number, operation: (at: number) => string, handler = 'Loans'): Profile {
  const rows = Array.from({ length: count }, (_, at): Row[] =>
    rowsFrom(operation(at), { operation: at, phase: 'unmarshal' }),
  );
  return withPlaces(profileOf(rows.flat(), new Array<string>(count).fill(handler)));
}

function text(comparison: ProfileComparison): string {
  const { lines, functions, handlers } = comparison;
  return Array.from(lines.verdict, (verdict, line) => {
    const own = lines.function[line] ?? ALL_FUNCTIONS;
    const phase = lines.phase[line] ?? ALL_PHASES;
    return [
      handlers[lines.handler[line] ?? 0]?.name,
      phase === ALL_PHASES ? '*' : PHASES[phase],
      own === ALL_FUNCTIONS ? '*' : functions[own]?.name,
      METRICS[lines.metric[line] ?? 0],
      `${lines.before[line]} → ${lines.after[line]}`,
      VERDICTS[verdict],
    ].join(' ');
  })
    .sort()
    .join('\n');
}

/** Microseconds that look like noise: the same every time. */
const noise = (at: number) => (at * 7919) % 13;

test('differences are per operation, by handler, phase and function, and told from noise', () => {
  const before = operationsOf(30, (at) => `handle ${10 + noise(at)}\n  parse ${100 + noise(at)}`);
  const after = operationsOf(60, (at) => `handle ${10 + noise(at)}\n  parse ${150 + noise(at)}`);
  assert.equal(
    text(compareProfiles([before], [after])).replaceAll(/\.\d+/g, ''),
    `
Loans * * total 121 → 171 more
Loans * handle self 15 → 15 noise
Loans * handle total 121 → 171 more
Loans * parse self 105 → 155 more
Loans * parse total 105 → 155 more
Loans unmarshal * total 121 → 171 more
Loans unmarshal handle self 15 → 15 noise
Loans unmarshal handle total 121 → 171 more
Loans unmarshal parse self 105 → 155 more
Loans unmarshal parse total 105 → 155 more`.trim(),
  );
});

test('an interval is without 0 exactly where a difference is called one', () => {
  const before = operationsOf(40, (at) => `handle ${50 + noise(at)}\n  parse ${100 + noise(at * 3)}`);
  const after = operationsOf(40, (at) => `handle ${51 + noise(at + 5)}\n  parse ${120 + noise(at * 5)}`);
  const { lines } = compareProfiles([before], [after]);
  const verdicts = new Set<string>();
  for (let line = 0; line < lines.length; line++) {
    const verdict = VERDICTS[lines.verdict[line] ?? 0] ?? '';
    verdicts.add(verdict);
    const [low = 0, high = 0] = [lines.low[line], lines.high[line]];
    assert.equal(low <= 0 && high >= 0, verdict === 'noise');
    assert.ok(low <= high);
  }
  assert.deepEqual([...verdicts].sort(), ['more', 'noise']);
});

test('the same profile twice has no difference', () => {
  const profile = operationsOf(30, (at) => `handle ${10 + noise(at)}`);
  const { lines } = compareProfiles([profile], [profile]);
  assert.ok(lines.verdict.every((verdict) => VERDICTS[verdict] === 'noise'));
});

test('what is left by rounding is no difference, even of amounts without any spread', () => {
  const steady = (count: number) => operationsOf(count, () => 'handle 0.1');
  const { lines } = compareProfiles([steady(30)], [steady(70)]);
  assert.ok(lines.before.some((before, line) => before !== lines.after[line]));
  assert.ok(lines.verdict.every((verdict) => VERDICTS[verdict] === 'noise'));
});

test('what was hardly seen is rare, whatever its difference', () => {
  const before = operationsOf(30, (at) => `handle ${100 + noise(at)}`);
  const after = operationsOf(30, (at) =>
    at < 5 ? `handle ${100 + noise(at)}\n  retry 1000` : `handle ${100 + noise(at)}`,
  );
  assert.match(text(compareProfiles([before], [after])), /^Loans \* retry self 0 → 166\.\d+ rare$/m);
});

test('a single operation on each side tells nothing of noise', () => {
  const once = (micros: number) => operationsOf(1, () => `handle ${micros}`);
  const comparison = compareProfiles([once(10)], [once(20)]);
  assert.match(text(comparison), /^Loans \* \* total 10 → 20 unknown$/m);
  assert.equal(comparison.tested, 0);
  assert.ok(comparison.lines.low.every(Number.isNaN));
});

test('with several runs the spread is that of the runs', () => {
  const run = (micros: number) => operationsOf(30, (at) => `handle ${micros + noise(at)}`);
  const steady = compareProfiles([run(100), run(101), run(99)], [run(150), run(151), run(149)]);
  assert.equal(steady.spreadOver, 'runs');
  assert.match(text(steady), /^Loans \* handle self \S+ → \S+ more$/m);
  const wild = compareProfiles([run(100), run(160), run(40)], [run(150), run(90), run(210)]);
  assert.match(text(wild), /^Loans \* handle self \S+ → \S+ noise$/m);
});

test('handlers are compared one by one, and those of one side only are named', () => {
  const handlers = (names: readonly string[], micros: number) => {
    const rows = names.map((_, operation): Row => ({ stack: 'handle', micros, operation, phase: 'project' }));
    return profileOf(rows, names);
  };
  const comparison = compareProfiles(
    [handlers(['Loans', 'Books', 'Loans', 'Old'], 10)],
    [handlers(['Books', 'Loans', 'New'], 20)],
  );
  assert.deepEqual(comparison.handlers, [
    { name: 'Loans', before: 2, after: 1 },
    { name: 'Books', before: 1, after: 1 },
  ]);
  assert.deepEqual([comparison.onlyBefore, comparison.onlyAfter], [['Old'], ['New']]);
});

test('recordings without operations are compared per second', () => {
  const recording = (busy: number) => {
    const rows = Array.from(
      { length: 2000 },
      (_, at): Row => ({ stack: at % 100 < busy ? 'spin' : 'rest', micros: 1000 }),
    );
    return profileOf(rows);
  };
  const comparison = compareProfiles([recording(10)], [recording(30)]);
  assert.deepEqual([comparison.per, comparison.handlers], ['second', [{ name: '', before: 2, after: 2 }]]);
  assert.match(text(comparison), /^ \* spin self 100000\.?\d* → 300000\.?\d* more$/m);
});

test('profiles of other units, other handlers or no other side cannot be compared', () => {
  const profile = operationsOf(1, () => 'handle 1');
  assert.throws(() => compareProfiles([profile], []), { code: 'incomparable_profiles' });
  assert.throws(() => compareProfiles([profile], [{ ...profile, unit: 'bytes' }]), /microseconds.*bytes\.$/);
  const collapsed: Profile = { ...profile, unit: 'samples', source: 'collapsed' };
  assert.throws(() => compareProfiles([profile], [collapsed]), /samples; collapsed stacks do not tell what/);
  const other = operationsOf(1, () => 'handle 1', 'Books');
  assert.throws(() => compareProfiles([profile], [other]), /before: Loans; after: Books/);
});

/** Pairs of places that were taken for the same function, and those left alone. */
function matches(before: string, after: string): string[] {
  const profiles = [profileFrom(before), profileFrom(after)] as const;
  const { functions, groups } = matchFunctions([profiles[0]], [profiles[1]]);
  const placeIn = (side: 0 | 1, match: number) => {
    const frame = groups[side]?.groupOf.indexOf(match) ?? -1;
    const { frames, strings } = profiles[side];
    return frame < 0 ? '-' : `${strings[frames.name[frame] ?? 0]}@${strings[frames.file[frame] ?? 0]}`;
  };
  return functions.map((_, match) => `${placeIn(0, match)} = ${placeIn(1, match)}`).slice(1);
}

test('functions are the same by name and file, whatever the line', () => {
  assert.deepEqual(matches('a@x.ts:1 1', 'a@x.ts:9 1'), ['a@x.ts = a@x.ts']);
  assert.deepEqual(matches('a@x.ts:1 1', 'b@x.ts:1 1'), ['a@x.ts = -', '- = b@x.ts']);
});

/** Pairs of lines of the functions of x.ts without a name that were taken for the same. */
function linesOf(before: string, after: string, source: Profile['source'] = 'v8-cpu'): string[] {
  const profiles = [before, after].map((stacks) => ({ ...profileFrom(stacks), source })) as [
    Profile,
    Profile,
  ];
  const { functions, groups } = matchFunctions([profiles[0]], [profiles[1]]);
  const lineIn = (side: 0 | 1, match: number) => {
    const frame = groups[side]?.groupOf.indexOf(match) ?? -1;
    return frame < 0 ? '-' : String(profiles[side].frames.line[frame]);
  };
  return functions
    .map(({ file }, match) => (file === 'x.ts' ? `${lineIn(0, match)} = ${lineIn(1, match)}` : ''))
    .filter((pair) => pair !== '')
    .toSorted();
}

const nameless = (...lines: number[]) => lines.map((line) => `(anonymous)@x.ts:${line} 1`).join('\n');

test('functions without a name are told apart by their place, and found again where lines were moved', () => {
  assert.deepEqual(linesOf(nameless(5, 50), nameless(5, 50)), ['5 = 5', '50 = 50']);
  assert.deepEqual(linesOf(nameless(5, 50, 70), nameless(45, 90, 110)), ['5 = 45', '50 = 90', '70 = 110']);
  assert.deepEqual(linesOf(nameless(10, 20, 35, 60), nameless(20, 30, 45, 70)), [
    '10 = 20',
    '20 = 30',
    '35 = 45',
    '60 = 70',
  ]);
  assert.deepEqual(linesOf(nameless(5, 50), nameless(50, 90)), ['- = 90', '5 = -', '50 = 50']);
  assert.deepEqual(linesOf(nameless(5), nameless(900)), ['5 = 900']);
});

test('a function without a name is known by who calls it', () => {
  const called = (lines: readonly (readonly [string, number])[]) =>
    lines.map(([caller, line]) => `${caller}@y.ts:1 1\n  (anonymous)@x.ts:${line} 1`).join('\n');
  const before = called([
    ['one', 5],
    ['two', 50],
  ]);
  assert.deepEqual(
    linesOf(
      before,
      called([
        ['one', 50],
        ['two', 97],
      ]),
    ),
    ['5 = 50', '50 = 97'],
  );
});

test('functions of one name are told apart where formats say where they begin', () => {
  const two = (...lines: number[]) => lines.map((line) => `get@x.ts:${line} 1`).join('\n');
  assert.deepEqual(linesOf(two(5, 50), two(7, 52)), ['5 = 7', '50 = 52']);
  assert.deepEqual(linesOf(two(5, 50), two(7, 52), 'pprof'), ['5 = 7']);
});

test('of a function with several lines the one with most samples is named', () => {
  const lines = 'fold@x.ts:3 1\nfold@x.ts:9 1 1 1\nfold@x.ts:12 1';
  const profile: Profile = { ...profileFrom(lines), source: 'pprof' };
  const { functions } = matchFunctions([profile], [profile]);
  assert.deepEqual(
    functions.filter(({ name }) => name === 'fold').map(({ line }) => line),
    [9],
  );
});

test('packages are the same wherever they were installed', () => {
  const place = (folder: string) => `query@file://${folder}/node_modules/pg/lib/client.js:3#package 1`;
  assert.equal(matches(place('/a'), place('/b/node_modules/.pnpm/pg@8.0.0')).length, 1);
  const files = [
    '/a/node_modules/pg/lib/client.js?v=2',
    '/b/node_modules/@scope/x/i.js',
    'node:fs',
    '/src/x.ts',
    '',
  ];
  assert.deepEqual(files.map(packageOf), ['pg', '@scope/x', 'node', '', '']);
  assert.deepEqual(files.map(portableFile).slice(0, 2), ['pg/lib/client.js', '@scope/x/i.js']);
});

test('a program that lay elsewhere and files with another name are found by what is unique in them', () => {
  assert.deepEqual(matches('fold@/old/src/books.ts:1 1', 'fold@/new/src/books.ts:1 1'), [
    'fold@/old/src/books.ts = fold@/new/src/books.ts',
  ]);
  assert.deepEqual(matches('fold@/src/books.ts:1 1', 'fold@/src/fold-books.ts:1 1'), [
    'fold@/src/books.ts = fold@/src/fold-books.ts',
  ]);
});

test('of several candidates none is taken', () => {
  const two = 'fold@/src/a.ts:1 1\nfold@/src/b.ts:1 1';
  assert.deepEqual(matches('fold@/src/c.ts:1 1', two).length, 3);
  assert.deepEqual(matches('(anonymous)@/src/c.ts:1 1', '(anonymous)@/src/d.ts:1 1').length, 2);
});
