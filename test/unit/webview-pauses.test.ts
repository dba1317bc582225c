import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { GC_KINDS } from '../../server/protocol/gc-pause.ts';
import { contrast } from '../../webview/colour/contrast.ts';
import { pauseColour } from '../../webview/colour/pause-colour.ts';
import { gcFigure } from '../../webview/flame/gc-figure.ts';
import { type GcPauses, readGcPauses } from '../../webview/flame/gc-pauses.ts';
import { layoutPauses, markAt } from '../../webview/flame/pause-marks.ts';
import { pauseWords, spokenPause } from '../../webview/flame/pause-words.ts';
import { runFactsOf } from '../../webview/flame/run-facts.ts';
import { libraryProfile } from '../webview/support/library-profile.ts';

const profile = libraryProfile();
const origin = profile.operations.start[0] ?? 0;

const pauseFiles = fc
  .array(
    fc.record({
      startMicros: fc.double({ min: -500, max: 5000, noNaN: true }),
      durationMicros: fc.double({ min: 0, max: 400, noNaN: true }),
      kind: fc.constantFrom(...GC_KINDS),
    }),
    { minLength: 1, maxLength: 60 },
  )
  .map((pauses) => ({ version: 1, pauses }));

const windows = fc.record({
  file: pauseFiles,
  start: fc.double({ min: 0, max: 5000, noNaN: true }),
  span: fc.double({ min: 0.01, max: 6000, noNaN: true }),
  width: fc.integer({ min: 2, max: 1500 }),
});

function pausesIn(...pauses: readonly object[]): GcPauses {
  const read = readGcPauses({ version: 1, pauses }, profile);
  assert.ok(read);
  return read;
}

const minor = (startMicros: number, durationMicros: number, place = {}) => ({
  ...{ startMicros, durationMicros, kind: 'minor' as const },
  ...place,
});

describe('pauses of garbage collection', () => {
  test('are a share of the operations, and told as what they are where none was within one', () => {
    const figure = (share: number, pauses: number) =>
      gcFigure(runFactsOf({ gc: { share, pauses } }))
        ?.slice(1)
        .join(' ');
    assert.equal(figure(0.012, 3), '1.2 % of the operations');
    assert.equal(figure(0.0001, 1), '<0.1 % of the operations');
    assert.equal(figure(0, 1), 'only between operations');
    assert.equal(figure(0, 0), '0.0 % of the operations');
    assert.equal(gcFigure(runFactsOf({})), null);
  });

  test('have marks side by side on the axis, and none in sight is left out or told twice', () => {
    fc.assert(
      fc.property(windows, ({ file, start, span, width }) => {
        const pauses = readGcPauses(file, profile);
        assert.ok(pauses);
        const marks = layoutPauses(pauses, { start, span }, width);
        const told = new Set<number>();
        let free = 0;
        for (const { left, right, first, count } of marks) {
          assert.ok(left >= free && right > left && right <= width, `${left} to ${right} of ${width}`);
          free = right;
          for (let at = first; at < first + count; at++) {
            assert.ok(!told.has(at));
            told.add(at);
          }
        }
        pauses.list.forEach(({ startMicros, durationMicros }, at) => {
          if (startMicros < start + span && startMicros + durationMicros > start) assert.ok(told.has(at));
        });
      }),
    );
  });

  test('stand where they were, counted from the first operation', () => {
    const pauses = pausesIn(minor(1000, 500));
    assert.equal(pauses.list[0]?.startMicros, origin + 1000);
    const [mark] = layoutPauses(pauses, { start: origin, span: 2000 }, 200);
    assert.deepEqual(mark, { left: 100, right: 150, first: 0, count: 1, isMajor: false });
  });

  test('that are short can be seen, and those too close to tell apart are one mark that counts them', () => {
    const pauses = pausesIn(minor(10, 0.1), { ...minor(11, 0.1), kind: 'major' }, minor(900, 0.1));
    const marks = layoutPauses(pauses, { start: origin, span: 1000 }, 100);
    assert.deepEqual(
      marks.map(({ right, left, count, isMajor }) => [right - left, count, isMajor]),
      [
        [2, 2, true],
        [2, 1, false],
      ],
    );
    assert.equal(markAt(marks, 5, 3)?.first, 0);
    assert.equal(markAt(marks, 94, 3)?.first, 2);
    assert.equal(markAt(marks, 50, 3), null);
  });

  test('are told with kind, duration, phase and operation', () => {
    const pauses = pausesIn(minor(-90, 20), minor(100, 430, { operation: 3, phase: 'project' }));
    const [, mark] = layoutPauses(pauses, { start: 0, span: origin + 1000 }, 1000);
    assert.ok(mark);
    assert.deepEqual(pauseWords(pauses, mark, profile), {
      title: 'Minor garbage collection',
      note: 'of young objects',
      rows: [
        ['pause', '0.430 ms'],
        ['phase', 'project'],
        ['operation', '4 of 10 BooksInCirculation'],
      ],
    });
    assert.equal(
      spokenPause(pauses, 0, profile),
      'Pause 1 of 2: Minor garbage collection, 0.020 ms, between operations',
    );
  });

  test('of one mark are summed up', () => {
    const pauses = pausesIn(minor(10, 1), { ...minor(12, 3), kind: 'major' });
    const [mark] = layoutPauses(pauses, { start: 0, span: 1e6 }, 1000);
    assert.ok(mark);
    const { title, rows } = pauseWords(pauses, mark, profile);
    assert.equal(title, '2 garbage collections');
    assert.deepEqual(Object.fromEntries(rows), {
      together: '0.004 ms',
      longest: '0.003 ms',
      kinds: '1 minor, 1 major',
      phases: 'between operations',
    });
  });

  test('are not shown when their file is none, or when the profile is of no time', () => {
    const lawful = { pauses: [minor(1, 1)] };
    for (const file of [null, undefined, 'x', {}, { pauses: 3 }, { pauses: [] }, { pauses: [{}] }]) {
      assert.equal(readGcPauses(file, profile), null, JSON.stringify(file));
    }
    assert.equal(readGcPauses({ pauses: [{ ...minor(1, 1), kind: 'huge' }] }, profile), null);
    assert.equal(readGcPauses({ pauses: [minor(Number.NaN, 1)] }, profile), null);
    assert.equal(readGcPauses(lawful, { ...profile, unit: 'bytes' }), null);
    assert.notEqual(readGcPauses(lawful, profile), null);
  });

  test('stand out from the background in every theme', () => {
    const [white, black] = [
      [1, 1, 1],
      [0.12, 0.12, 0.12],
    ] as const;
    for (const [kind, foreground, background] of [
      ['light', black, white],
      ['dark', white, black],
      ['contrast-light', black, white],
      ['contrast-dark', white, black],
    ] as const) {
      assert.ok(contrast(pauseColour({ kind, foreground }), background) >= 3, kind);
    }
  });
});
