import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { cpuProfileToStacks } from '../../server/profiling/formats/cpuprofile/cpuprofile-to-stacks.ts';
import { openProfile, readProfile } from '../../server/profiling/formats/read-profile.ts';
import { WRITTEN_FORMATS, writeProfile } from '../../server/profiling/formats/write-profile.ts';
import { stacksToProfile } from '../../server/profiling/stacks-to-profile.ts';
import { PHASES } from '../../server/protocol/phase.ts';
import { encodeProfile } from '../../server/protocol/profile/encode-profile.ts';
import type { Profile, ProfileUnit } from '../../server/protocol/profile/profile.ts';
import { profileOf, type Row, rowsAsText } from '../unit/profile-as-text.ts';
import { cpuProfileOf, traceOf } from '../unit/profiling-captures.ts';
import { SAMPLE_FILES, sampleBytes } from '../unit/support/sample-profiles.ts';

const name = fc.oneof(
  fc.constantFrom('a', 'b', 'c'),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 6 }).map((text) => text.replaceAll(/\s/g, '_')),
);
const stack = fc.array(name, { maxLength: 6 }).map((names) => names.filter((text) => text !== '').join(' '));
const rows: fc.Arbitrary<Row[]> = fc.array(
  fc.record({
    stack,
    micros: fc.oneof(
      fc.nat({ max: 5000 }),
      fc.integer({ min: 0, max: 4_000_000 }).map((n) => n / 1000),
    ),
  }),
  { minLength: 1, maxLength: 25 },
);

/** What a row says, whatever the tables look like: its stack by names, and its width. */
function told(profile: Profile): readonly { readonly stack: string; readonly width: number }[] {
  const { samples, nodes, frames, strings } = profile;
  return Array.from({ length: samples.length }, (_, row) => {
    const names: string[] = [];
    for (let node = samples.node[row] ?? 0; node > 0; node = nodes.parent[node] ?? 0) {
      names.unshift(strings[frames.name[nodes.frame[node] ?? 0] ?? 0] ?? '');
    }
    return { stack: names.join('\n'), width: samples.duration[row] ?? 0 };
  });
}

function again(profile: Profile, format: (typeof WRITTEN_FORMATS)[number]): Profile {
  return readProfile(writeProfile({ profile }, format), { name: 'again' });
}

function assertSameRows(one: Profile, other: Profile, rounding: number): void {
  const [before, after] = [told(one), told(other)];
  assert.deepEqual(
    after.map((row) => row.stack),
    before.map((row) => row.stack),
  );
  after.forEach(({ width }, row) => {
    assert.ok(Math.abs(width - (before[row]?.width ?? 0)) <= rounding, `row ${row}: ${width}`);
  });
}

const unit = fc.constantFrom<ProfileUnit>('microseconds', 'bytes', 'samples');

test('speedscope keeps every sample with its stack and its exact width, in every unit', () => {
  fc.assert(
    fc.property(rows, unit, (list, counted) => {
      const profile = { ...profileOf(list), unit: counted };
      const back = again(profile, 'speedscope');
      assert.equal(back.unit, counted);
      assertSameRows(profile, back, 0);
    }),
  );
});

test('pprof keeps every sample with its stack and its width in whole nanoseconds, bytes or counts', () => {
  fc.assert(
    fc.property(rows, unit, (list, counted) => {
      const whole =
        counted === 'microseconds' ? list : list.map((row) => ({ ...row, micros: Math.round(row.micros) }));
      const profile = { ...profileOf(whole), unit: counted };
      const back = again(profile, 'pprof');
      assert.equal(back.unit, counted);
      assert.equal(back.startedAt, profile.startedAt);
      assertSameRows(profile, back, 0.0006);
    }),
  );
});

test('a .cpuprofile keeps every sample with its stack and its time', () => {
  fc.assert(
    fc.property(rows, (list) => {
      const profile = profileOf(list);
      const back = again(profile, 'cpuprofile');
      // A hundredth of a microsecond at the end is rounding for whoever reads times.
      assertSameRows(profile, back, 0.01);
      assert.deepEqual([back.title, back.startedAt], [profile.title, profile.startedAt]);
    }),
  );
});

test('collapsed stacks keep what each stack took, to one unit', () => {
  fc.assert(
    fc.property(rows, (list) => {
      // What ends a frame in the format is written as something else.
      const plain = list.map((row) => ({ ...row, stack: row.stack.replaceAll(/[;():\p{C}]/gu, '.') }));
      const profile = profileOf(plain);
      const sums = (of: Profile) => {
        const byStack = new Map<string, number>();
        for (const { stack: key, width } of told(of)) byStack.set(key, (byStack.get(key) ?? 0) + width);
        return byStack;
      };
      const [before, after] = [sums(profile), sums(again(profile, 'collapsed'))];
      const rootName = before.has('') ? '(root)' : 'none';
      assert.equal(after.size, before.size);
      for (const [key, width] of before) {
        assert.ok(Math.abs((after.get(key === '' ? rootName : key) ?? -9) - width) <= 1, key);
      }
    }),
  );
});

/** A capture with operations that wait, work and leave stretches without samples. */
const withPhases = fc
  .array(
    fc.tuple(fc.integer({ min: 1, max: 30 }), fc.constantFrom('a b', 'a c', '(idle)', '(program)', 'd')),
    {
      minLength: 2,
      maxLength: 20,
    },
  )
  .chain((steps) =>
    fc.tuple(
      fc.constant(steps),
      fc.array(fc.tuple(fc.nat(20), fc.integer({ min: 4, max: 60 }), fc.constantFrom(...PHASES)), {
        maxLength: 4,
      }),
    ),
  )
  .map(([steps, operations]) => {
    let time = 100;
    const samples = steps.map(([delta, text]) => {
      time += delta;
      return `${time} ${text}`;
    });
    let end = 100;
    const traces = operations.map(([gap, length, phase]) => {
      const start = end + gap;
      end = start + length;
      const middle = start + Math.floor(length / 2);
      return traceOf(`${start}-${end}`, [
        `${phase} ${start + 1}-${middle}`,
        `sql_execute ${middle}-${end - 1}`,
      ]);
    });
    return stacksToProfile(cpuProfileToStacks(cpuProfileOf(samples, 100, Math.max(end, time) + 5)), {
      title: 'phases',
      startedAt: '2026-01-01T00:00:00.000Z',
      traces,
    });
  });

function operationsOf({ operations, strings }: Profile) {
  const { handler, start, duration } = operations;
  return { handlers: Array.from(handler, (index) => strings[index]), start, duration };
}

test('a stored profile that becomes a .cpuprofile has its phases, waits and rows again', () => {
  fc.assert(
    fc.property(withPhases, (profile) => {
      const stored = openProfile(new Uint8Array(encodeProfile(profile)), { name: 'stored' });
      assert.equal(stored.format, 'espp');
      const back = readProfile(writeProfile(stored, 'cpuprofile'), { name: 'again' });
      assert.equal(rowsAsText(back), rowsAsText(profile));
      assert.deepEqual(operationsOf(back), operationsOf(profile));
    }),
  );
});

test('handlers and phases stand as frames in formats without phases, and all time is there', () => {
  fc.assert(
    fc.property(withPhases, fc.constantFrom('speedscope', 'collapsed'), (profile, format) => {
      const back = again(profile, format);
      const sum = (of: Profile) => of.samples.duration.reduce((total, width) => total + width, 0);
      assert.ok(Math.abs(sum(back) - sum(profile)) <= 1);
      const operations = profile.operations.length > 0;
      assert.equal(
        back.strings.includes('Loans'),
        operations && profile.samples.operation.some((at) => at >= 0),
      );
    }),
  );
});

for (const { name: file } of SAMPLE_FILES) {
  for (const format of WRITTEN_FORMATS) {
    test(`${file} as ${format} adds up to the same`, () => {
      const opened = openProfile(sampleBytes(file), { name: file });
      const { unit: counted, samples } = opened.profile;
      if (counted === 'bytes' && format === 'cpuprofile') {
        assert.throws(() => writeProfile(opened, format), { code: 'unit_not_written', advice: /speedscope/ });
        return;
      }
      const back = readProfile(writeProfile(opened, format), { name: file });
      const sum = (of: Profile) => of.samples.duration.reduce((total, width) => total + width, 0);
      assert.ok(Math.abs(sum(back) - sum(opened.profile)) <= 1, `${sum(back)} ${sum(opened.profile)}`);
      if (format !== 'collapsed') assert.equal(back.samples.length, samples.length);
    });
  }
}
