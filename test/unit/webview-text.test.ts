import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { printable } from '../../webview/flame/display-name.ts';
import { placeTooltip } from '../../webview/flame/place-tooltip.ts';
import { TextFit } from '../../webview/flame/text-fit.ts';
import { ticks } from '../../webview/flame/ticks.ts';
import { formatAmount, formatMillis, formatShare, formatSpread } from '../../webview/format.ts';

/** Every character is ten pixels wide, whatever its length in code units. */
const segmenter = new Intl.Segmenter('en');
const fit = new TextFit((text) => [...segmenter.segment(text)].length * 10);

describe('a label', () => {
  test('is whole where it fits and ends in an ellipsis where it does not', () => {
    assert.equal(fit.fit('project', 70), 'project');
    assert.equal(fit.fit('project', 69), 'proje\u2026');
    assert.equal(fit.fit('project', 20), 'p\u2026');
  });

  test('is left out where not even one character fits', () => {
    assert.equal(fit.fit('project', 19), '');
    assert.equal(fit.fit('p', 10), 'p');
  });

  test('is never wider than its box', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 0, max: 200 }), (text, room) => {
        assert.ok(fit.width(fit.fit(text, room)) <= room);
      }),
    );
  });

  test('does not cut an emoji in two', () => {
    assert.equal(
      fit.fit('\u{1F469}\u200D\u{1F4BB}\u{1F469}\u200D\u{1F4BB}x', 20),
      '\u{1F469}\u200D\u{1F4BB}\u2026',
    );
  });

  test('shows no control characters, no marks of direction, and no more than a screen holds', () => {
    assert.equal(printable('a\nb\u202Ec'), 'a\u00B7b\u00B7c');
    assert.ok(printable('x'.repeat(10_000)).length <= 201);
    assert.ok(!/[\ud800-\udbff]$/.test(printable('\u{1F600}'.repeat(5000)).slice(0, -1)));
  });
});

describe('a number', () => {
  test('has about three digits and its unit', () => {
    assert.equal(formatMillis(0), '0 ms');
    assert.equal(formatMillis(0.4), '<0.001 ms');
    assert.equal(formatMillis(42), '0.042 ms');
    assert.equal(formatMillis(3141), '3.14 ms');
    assert.equal(formatMillis(31_415), '31.4 ms');
    assert.equal(formatMillis(1_234_567), '1,235 ms');
    assert.equal(formatMillis(35_792_000), '35.8 s');
  });

  test('as a share is never rounded to nothing or to all', () => {
    assert.equal(formatShare(0), '0.0 %');
    assert.equal(formatShare(0.0001), '<0.1 %');
    assert.equal(formatShare(0.1234), '12.3 %');
    assert.equal(formatShare(1), '100 %');
  });
});

describe('the axis', () => {
  test('has round places at least as far apart as asked, in order and inside', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1e9, noNaN: true }),
        fc.double({ min: 1e-3, max: 1e9, noNaN: true }),
        (start, span) => {
          const made = ticks({ start, span }, { width: 1000, gap: 90, unit: 'microseconds' });
          assert.ok(made.length <= 13, `${made.length} ticks`);
          for (const [index, { at }] of made.entries()) {
            assert.ok(at >= start - span * 1e-6 && at <= start + span * (1 + 1e-6));
            const before = made[index - 1];
            if (before !== undefined) assert.ok(at - before.at >= (span / 1000) * 89.99);
          }
        },
      ),
    );
  });

  test('counts in milliseconds, and in seconds where these would be thousands', () => {
    assert.deepEqual(
      ticks({ start: 0, span: 10_000 }, { width: 500, gap: 90, unit: 'microseconds' }).map(
        ({ label }) => label,
      ),
      ['0 ms', '2 ms', '4 ms', '6 ms', '8 ms', '10 ms'],
    );
    assert.deepEqual(
      ticks({ start: 0, span: 30e6 }, { width: 300, gap: 90, unit: 'microseconds' }).map(
        ({ label }) => label,
      ),
      ['0 s', '10 s', '20 s', '30 s'],
    );
    assert.deepEqual(
      ticks({ start: 0, span: 400 }, { width: 300, gap: 90, unit: 'microseconds' }).map(({ label }) => label),
      ['0.0 ms', '0.2 ms', '0.4 ms'],
    );
    assert.deepEqual(
      ticks({ start: 7.5e6, span: 0.5e6 }, { width: 300, gap: 90, unit: 'microseconds' }).map(
        ({ label }) => label,
      ),
      ['7.6 s', '7.8 s', '8.0 s'],
    );
  });

  test('is empty where there is no time', () => {
    assert.deepEqual(ticks({ start: 0, span: 0 }, { width: 1000, gap: 90, unit: 'microseconds' }), []);
  });
});

describe('a tooltip', () => {
  test('stays on the screen wherever the pointer is', () => {
    const at = fc.record({ x: fc.integer({ min: 0, max: 1000 }), y: fc.integer({ min: 0, max: 700 }) });
    fc.assert(
      fc.property(
        at,
        fc.integer({ min: 1, max: 440 }),
        fc.integer({ min: 1, max: 300 }),
        (pointer, width, height) => {
          const { left, top } = placeTooltip(pointer, { width, height }, { width: 1000, height: 700 });
          assert.ok(left >= 0 && left + width <= 1000 && top >= 0 && top + height <= 700);
        },
      ),
    );
  });

  test('leaves the pointer free where there is room', () => {
    assert.deepEqual(placeTooltip({ x: 10, y: 10 }, { width: 50, height: 20 }, { width: 500, height: 500 }), {
      left: 24,
      top: 24,
    });
    assert.deepEqual(
      placeTooltip({ x: 490, y: 490 }, { width: 50, height: 20 }, { width: 500, height: 500 }),
      {
        left: 426,
        top: 456,
      },
    );
  });
});

describe('bytes', () => {
  test('have three significant digits and the unit that needs fewest', () => {
    const shown = [0, 512, 999, 1000, 4096, 65_536, 999_499, 1e6, 52_428_800, 1.5e9];
    assert.deepEqual(
      shown.map((bytes) => formatAmount(bytes, 'bytes')),
      ['0 B', '512 B', '999 B', '1.00 kB', '4.10 kB', '65.5 kB', '999 kB', '1.00 MB', '52.4 MB', '1.50 GB'],
    );
    assert.equal(formatSpread({ middle: 2e6, least: 1.5e6, most: 3e6 }, 'bytes'), '2.00 MB (1.50–3.00)');
    assert.equal(formatAmount(1, 'samples'), '1 sample');
  });

  test('stand at round places of their axis', () => {
    const labels = (span: number) =>
      ticks({ start: 0, span }, { width: 400, gap: 90, unit: 'bytes' }).map(({ label }) => label);
    assert.deepEqual(labels(100e6), ['0 MB', '50 MB', '100 MB']);
    assert.deepEqual(
      labels(4_000),
      ['0.0 kB', '1.0 kB', '2.0 kB', '3.0 kB', '4.0 kB'].map((label) => label.replace('.0', '')),
    );
    assert.deepEqual(labels(500), ['0 B', '200 B', '400 B']);
  });
});
