import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { runProgram } from '../../server/cli/program.ts';
import { readProfile } from '../../server/profiling/formats/read-profile.ts';
import { writeProfile } from '../../server/profiling/formats/write-profile.ts';
import { FOR_POSTGRES } from '../../server/profiling/phases/wait-nodes.ts';
import { splicePlan } from '../../server/profiling/plans/splice-plan.ts';
import { encodeProfile } from '../../server/protocol/profile/encode-profile.ts';
import type { Profile } from '../../server/protocol/profile/profile.ts';
import { profileOf, type Row } from './profile-as-text.ts';
import { rowsFrom, withPlaces } from './stacks-as-text.ts';
import { temporaryDirectory } from './support/temporary-directory.ts';

/** Thirty operations in which `parse` takes about so many microseconds. */
function operations(micros: number, handler = 'Loans'): Profile {
  const rows = Array.from({ length: 30 }, (_, operation): Row[] =>
    rowsFrom(
      `
      handle@file:///app/src/loans.ts:3 ${1000 + ((operation * 7919) % 13)}
        parse@file:///app/src/parse.ts:7 ${micros + ((operation * 7919) % 17)}`,
      { operation, phase: 'unmarshal' },
    ),
  );
  return withPlaces(profileOf(rows.flat(), new Array<string>(30).fill(handler)));
}

/** Writes the profiles, executes the command line and gives back what it printed. */
async function compare(
  t: TestContext,
  profiles: Readonly<Record<string, Profile>>,
  args: readonly string[],
): Promise<{ code: number; out: string; error: string }> {
  await using folder = await temporaryDirectory();
  for (const [name, profile] of Object.entries(profiles)) {
    await writeFile(path.join(folder.path, name), new Uint8Array(encodeProfile(profile)));
  }
  const printed = { out: '', error: '' };
  t.mock.method(console, 'log', (line: string) => {
    printed.out += `${line}\n`;
  });
  t.mock.method(console, 'error', (line: string) => {
    printed.error += `${line}\n`;
  });
  const files = args.map((arg) => (arg.endsWith('.espp') ? path.join(folder.path, arg) : arg));
  const code = await runProgram({ argv: ['node', 'cli', 'compare', ...files], entry: 'cli' });
  t.mock.restoreAll();
  return { code, out: printed.out.replaceAll(folder.path + path.sep, ''), error: printed.error };
}

test('two files are compared by handler, phase and function', async (t) => {
  const profiles = { 'old.espp': operations(1000), 'new.espp': operations(1500) };
  const { code, out } = await compare(t, profiles, ['old.espp', 'new.espp']);
  assert.equal(code, 0);
  assert.match(out, /^before: old\.espp\nafter: {2}new\.espp\n/);
  assert.match(
    out,
    /^Loans: 2\.01 → 2\.51 ms\/operation, \+0\.500 \(.*\), \+24\.8 % between these two recordings \(30 operations before, 30 operations after\)$/m,
  );
  assert.match(out, /^parse in unmarshal +1\.01 +1\.51 +\+0\.500 .* \+49\.6 % {2}\S*parse\.ts:7$/m);
  assert.match(
    out,
    /^By their own time 1 function differs between these two recordings, 1 have no difference .*, 0 were seen too rarely/m,
  );
  assert.match(out, /^Warning: one recording a side .*: compare <before1> <before2>.*\n\nLoans: /m);
});

test('equal profiles have no difference, and the exit code is 0 all the same', async (t) => {
  const profiles = { 'old.espp': operations(1000), 'new.espp': operations(1000) };
  const { code, out } = await compare(t, profiles, ['old.espp', 'new.espp']);
  assert.equal(code, 0);
  assert.match(
    out,
    /^Loans: 2\.01 → 2\.01 ms\/operation, \+0 \(.* to .*\), no difference that can be told from noise/m,
  );
  assert.match(out, /^unmarshal +2\.01 +2\.01 +\+0 +−\S+ to \+\S+ +noise/m);
  assert.doesNotMatch(out, /function itself/);
});

test('the same recording on both sides is warned of, whatever its name', async (t) => {
  const profiles = {
    'old.espp': operations(1000),
    'copy.espp': operations(1000),
    'new.espp': operations(1001),
  };
  const same = await compare(t, profiles, ['old.espp', 'old.espp']);
  assert.match(same.error, /^Warning: the same recording is on both sides \(\S*old\.espp\)/);
  const copied = await compare(t, profiles, ['old.espp', 'copy.espp']);
  assert.match(copied.error, /old\.espp and \S*copy\.espp/);
  const others = await compare(t, profiles, ['old.espp', 'new.espp']);
  assert.equal(others.error, '');
});

test('a recording with a plan put into it is the same one, and so is its copy in another format', async (t) => {
  const waits = Array.from({ length: 30 }, (_, operation): Row[] =>
    rowsFrom(
      `
      handle@file:///app/src/loans.ts:3 ${1000.3 + ((operation * 7919) % 13)}
      waiting_for_PostgreSQL#wait
        SELECT#wait 500.25
      `,
      { operation, phase: 'sql_execute' },
    ),
  );
  const renamed = withPlaces(profileOf(waits.flat(), new Array<string>(30).fill('Loans')));
  const recorded = {
    ...renamed,
    strings: renamed.strings.map((text) => (text.startsWith('waiting') ? FOR_POSTGRES : text)),
  };
  const measured = {
    ...{ rows: 1, loops: 1, totalMicros: 400, selfMicros: 400, blocks: { hit: 0, read: 0, spilled: 0 } },
    ...{ removedByFilter: 0, removedByRecheck: 0, removedByJoin: 0 },
  };
  const plan = { type: 'Sort', conditions: [], rowsEstimated: 1, cost: 1, measured, children: [] };
  const { profile } = splicePlan(recorded, 'SELECT', [{ plan, planningMicros: 100 }]);
  assert.ok(profile && profile.samples.length > recorded.samples.length);
  const { error } = await compare(t, { 'a.espp': recorded, 'b.espp': profile }, ['a.espp', 'b.espp']);
  assert.match(error, /^Warning: the same recording is on both sides/);
  const simple = profileOf(rowsFrom('a 1000.25 30.5 7\nb 500.5 8\nc 3'));
  const copy = readProfile(writeProfile({ profile: simple }, 'cpuprofile'), { name: 'x' });
  const other = await compare(t, { 'a.espp': simple, 'c.espp': copy }, ['a.espp', 'c.espp']);
  assert.match(other.error, /^Warning: the same recording is on both sides/);
});

test("the profiler's own functions are left out with a word, and compared where that is asked for", async (t) => {
  const own = (micros: number) => {
    const rows = Array.from({ length: 30 }, (_, operation): Row[] =>
      rowsFrom(`handle 1000\n  record#profiler ${micros + ((operation * 7919) % 17)}`, {
        operation,
        phase: 'decide',
      }),
    );
    return withPlaces(profileOf(rows.flat(), new Array<string>(30).fill('Loans')));
  };
  const profiles = { 'old.espp': own(1000), 'new.espp': own(1500) };
  const without = await compare(t, profiles, ['old.espp', 'new.espp']);
  assert.doesNotMatch(without.out, /^record/m);
  assert.match(
    without.out,
    /^75\.\d ms of the profiler's own functions are shown at their callers \(--with-profiler shows them\)\.$/m,
  );
  const shown = await compare(t, profiles, ['old.espp', 'new.espp', '--with-profiler']);
  assert.match(shown.out, /^record in decide +1\.01 +1\.51/m);
  assert.doesNotMatch(shown.out, /at their callers/);
});

test('a comparison ends with what measuring has cost each side, or why that is not known', async (t) => {
  const profiles = { 'old.espp': operations(1000), 'new.espp': operations(1500) };
  const { out } = await compare(t, profiles, ['old.espp', 'new.espp']);
  assert.match(
    out,
    /\n\ncost of measuring:\n {2}before old\.espp: not known: .*\n {2}after new\.espp: not known: /,
  );
});

test('with two files a side a large difference is not called noise: there are too few files', async (t) => {
  const profiles = {
    'a.espp': operations(1000),
    'b.espp': operations(1150),
    'c.espp': operations(1500),
    'd.espp': operations(1690),
  };
  const { out } = await compare(t, profiles, ['a.espp', 'b.espp', 'c.espp', 'd.espp']);
  assert.match(out, /^Loans: .*, \+0\.520 \(−\S+ to \+\S+\), too few files to tell it from noise/m);
  assert.match(out, /^parse in unmarshal +1\.08 +1\.60 +\+0\.520 +−\S+ to \+\S+ +too few files /m);
  assert.match(
    out,
    /^By their own time 0 functions differ, 1 may differ, with too few files to tell, 1 have/m,
  );
  assert.match(out, /it is known so badly/);
  assert.doesNotMatch(out, /Warning: one recording|these two recordings/);
});

test('no interval is called certain', async (t) => {
  const names = Array.from({ length: 80 }, (_, at) => `f${at}`);
  const one = (shift: number) => {
    const rows = Array.from({ length: 30 }, (_, operation) =>
      rowsFrom(names.map((name) => `${name} ${100 + ((operation * 7919 + shift) % 13)}`).join('\n'), {
        operation,
        phase: 'unmarshal',
      }),
    );
    return profileOf(rows.flat(), new Array<string>(30).fill('Loans'));
  };
  const { out } = await compare(t, { 'old.espp': one(0), 'new.espp': one(5) }, ['old.espp', 'new.espp']);
  assert.match(out, /^Intervals hold with >99\.9 %;/m);
});

test('of several files the first half is before, or all that do not stand behind --after', async (t) => {
  const profiles = {
    'a.espp': operations(1000),
    'b.espp': operations(1001),
    'c.espp': operations(1500),
    'd.espp': operations(1501),
  };
  const halves = await compare(t, profiles, ['a.espp', 'b.espp', 'c.espp', 'd.espp']);
  assert.match(halves.out, /^before: a\.espp, b\.espp\nafter: {2}c\.espp, d\.espp\n/);
  assert.match(halves.out, /spread over runs: with fewer than 3 files a side/);
  const named = await compare(t, profiles, ['a.espp', '--after', 'b.espp', 'c.espp']);
  assert.match(named.out, /^before: a\.espp\nafter: {2}b\.espp, c\.espp\n/);
  const odd = await compare(t, profiles, ['a.espp', 'b.espp', 'c.espp']);
  assert.equal(odd.code, 2);
  assert.match(odd.error, /3 files cannot be cut .*\n.*--after/);
});

test('the comparison as JSON has every line with its interval', async (t) => {
  const profiles = { 'old.espp': operations(1000), 'new.espp': operations(1500) };
  const { out } = await compare(t, profiles, ['old.espp', 'new.espp', '--json']);
  const { lines, ...facts } = JSON.parse(out);
  assert.deepEqual(facts.handlers, [{ name: 'Loans', before: 30, after: 30 }]);
  const parse = lines.find(
    (line: { function: { name: string } | null; phase: string | null; metric: string }) =>
      line.function?.name === 'parse' && line.phase === 'unmarshal' && line.metric === 'self',
  );
  assert.equal(parse.verdict, 'more');
  assert.ok(parse.low > 490 && parse.high < 510 && parse.p < 1e-6);
});

test('files that cannot be compared are refused with a reason', async (t) => {
  const profiles = { 'old.espp': operations(1000), 'new.espp': operations(1000, 'Books') };
  const other = await compare(t, profiles, ['old.espp', 'new.espp']);
  assert.equal(other.code, 1);
  assert.match(other.error, /no handler is on both sides \(before: Loans; after: Books\)/);
  const missing = await compare(t, profiles, ['old.espp', 'gone.espp']);
  assert.equal(missing.code, 2);
  assert.match(missing.error, /gone\.espp does not exist/);
});
