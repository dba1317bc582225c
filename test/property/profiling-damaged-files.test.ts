import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ProfilerError } from '../../server/lib/profiler-error.ts';
import { readProfile } from '../../server/profiling/formats/read-profile.ts';
import { checkProfile } from '../../server/protocol/profile/check-profile.ts';
import { ProfileFormatError } from '../../server/protocol/profile/profile-format-error.ts';
import { SAMPLE_FILES, sampleBytes, unpackedSample } from '../unit/support/sample-profiles.ts';

const RUNS = { numRuns: 60 };

/** Either a lawful profile comes of it, or a refusal that says where. Gives the refusal. */
function openOrRefuse(bytes: Uint8Array): ProfileFormatError | undefined {
  try {
    checkProfile(readProfile(bytes, { name: 'damaged' }));
    return undefined;
  } catch (error) {
    if (error instanceof ProfileFormatError) {
      assert.notEqual(error.where, '');
      assert.ok(error.advice.length > 10);
      assert.ok(error.message.length < 2000, 'the message shows the file');
      return error;
    }
    // Operations that do not fit the samples.
    if (error instanceof ProfilerError) return undefined;
    throw error;
  }
}

for (const { name, format } of SAMPLE_FILES) {
  const bytes = unpackedSample(name);
  const place = fc.nat({ max: bytes.length - 1 });

  test(`${name} is refused when it was cut off, or shows what is whole of it`, () => {
    fc.assert(
      fc.property(place, (length) => {
        const refusal = openOrRefuse(bytes.subarray(0, length));
        // Lines, and fields of pprof, are whole for themselves.
        const isJson = format !== 'collapsed' && format !== 'v8-log' && format !== 'pprof';
        const isBlank = Buffer.from(bytes.subarray(length)).toString().trim() === '';
        if (isJson && !isBlank) assert.ok(refusal, `cut at ${length}`);
      }),
      RUNS,
    );
  });

  test(`${name} with changed bytes is refused or opens as a lawful profile`, () => {
    const change = fc.array(fc.tuple(place, fc.nat({ max: 255 })), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(change, (changes) => {
        const damaged = Uint8Array.from(bytes);
        for (const [at, byte] of changes) damaged[at] = byte;
        openOrRefuse(damaged);
      }),
      RUNS,
    );
  });

  test(`${name} with a part taken out, or told twice, is refused or opens as a lawful profile`, () => {
    fc.assert(
      fc.property(place, place, fc.boolean(), (one, other, twice) => {
        const [from, to] = [Math.min(one, other), Math.max(one, other)];
        const parts = twice
          ? [bytes.subarray(0, to), bytes.subarray(from)]
          : [bytes.subarray(0, from), bytes.subarray(to)];
        openOrRefuse(Buffer.concat(parts));
      }),
      RUNS,
    );
  });
}

test('any bytes are refused or open as a lawful profile', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void openOrRefuse(bytes)),
    { numRuns: 2000 },
  );
});

test('a packed file that was cut off is refused', () => {
  const bytes = sampleBytes('node-24.v8.log.gz');
  fc.assert(
    fc.property(fc.integer({ min: 2, max: bytes.length - 9 }), (length) => {
      assert.equal(openOrRefuse(bytes.subarray(0, length))?.where, 'the gzip data');
    }),
    RUNS,
  );
});
